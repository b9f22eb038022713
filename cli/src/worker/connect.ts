/** Connections from options that several commands share. */
import { existsSync } from "node:fs";
import {
  type ClientOptions,
  connect,
  connectTrustingWhoeverAnswers,
  httpTransport,
  type WorkerClient,
} from "@pruntime/client";
import { fromUtf8, toHex } from "@pruntime/core/bytes";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import type { Command } from "commander";
import WebSocket from "ws";
import { CliError } from "../error.ts";
import { hexArgument } from "../offline/arguments.ts";
import { fileArgument, wholeNumber } from "../terminal/arguments.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { localTrust } from "./local-trust.ts";

/** Options of commands that talk to a worker. */
export interface WorkerOptions extends OutputOptions {
  readonly worker: string;
  readonly token?: string;
  readonly maxAge: number;
}

export const defaultWorker = "http://127.0.0.1:8000";
export const defaultNode = "ws://127.0.0.1:9944";

export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON object on stdout");
}

export function withWorker(command: Command): Command {
  return withJson(command)
    .option("--worker <url>", "the worker's REST address", process.env["PRUNTIME_WORKER"] ?? defaultWorker)
    .option(
      "--token <token>",
      "the operator's token, for operator calls from another machine",
      process.env["PRUNTIME_TOKEN"],
    )
    .option(
      "--max-age <seconds>",
      "largest age of an answer, by chain time",
      wholeNumber("--max-age", 1),
      120,
    );
}

export function withNode(command: Command): Command {
  return command.option(
    "--node <url>",
    "the chain's WebSocket address",
    process.env["PRUNTIME_NODE"] ?? defaultNode,
  );
}

export async function clientOptions({
  worker,
  token,
  maxAge,
}: Omit<WorkerOptions, "json">): Promise<ClientOptions> {
  return {
    transport: httpTransport(worker, token === undefined ? {} : { token }),
    crypto: await createNativeCrypto(),
    random: secureRandom,
    freshness: { now: Date.now, maxAgeMs: maxAge * 1000 },
  };
}

/** Options of commands that seal to a worker: which one is believed. */
export interface TrustOptions extends WorkerOptions {
  readonly policy?: string;
  readonly anchor?: string;
  readonly dataDir: string;
  readonly trustWhoeverAnswers: boolean;
}

export function withTrust(command: Command): Command {
  return withWorker(command)
    .option(
      "--policy <file>",
      "which evidence the worker must show; default: policy.json in the data folder, which `up` writes",
    )
    .option(
      "--anchor <hex>",
      "what the worker must have been told to trust, 0x and 32 bytes; default: `anchor` in the data folder",
    )
    .option("--data-dir <folder>", "where those two are", process.env["PRUNTIME_DATA"] ?? ".pruntime")
    .option(
      "--trust-whoever-answers",
      "verify no evidence: nothing then says who can read what is sealed",
      false,
    );
}

/**
 * The worker, its evidence verified.
 * @throws {@link CliError} `cli/no-policy` where nothing says which worker to believe; as the client's
 * `connect`
 */
export async function connectWorker(options: TrustOptions): Promise<WorkerClient> {
  const { transport, crypto, random, freshness } = await clientOptions(options);
  if (options.trustWhoeverAnswers)
    return connectTrustingWhoeverAnswers({ transport, crypto, random, freshness });
  const { policy, anchor } = demandsOf(options);
  return connect(transport, { policy, anchor, crypto, random, ...freshness });
}

function demandsOf({ policy, anchor, dataDir }: TrustOptions): {
  readonly policy: string;
  readonly anchor: string;
} {
  const local = localTrust(dataDir);
  if (policy === undefined && !existsSync(local.policy))
    throw new CliError({ code: "cli/no-policy", missing: "--policy" });
  if (anchor === undefined && !existsSync(local.anchor))
    throw new CliError({ code: "cli/no-policy", missing: "--anchor" });
  return {
    policy: fromUtf8(fileArgument(policy ?? local.policy)),
    anchor:
      anchor === undefined
        ? fromUtf8(fileArgument(local.anchor)).trim()
        : toHex(hexArgument("--anchor", anchor, 32)),
  };
}

/** Node has a global `WebSocket` only from 22 on. */
export const websocketClass: typeof globalThis.WebSocket = WebSocket as never;
