/** Options that several commands share, and the connections that these options describe. */
import { existsSync } from "node:fs";
import {
  type ClientOptions,
  connect,
  connectTrustingWhoeverAnswers,
  httpTransport,
  type Transport,
  type WorkerClient,
} from "@pruntime/client";
import { toHex } from "@pruntime/core/bytes";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import type { Command } from "commander";
import WebSocket from "ws";
import { CliError } from "../error.ts";
import { hexArgument } from "../offline/arguments.ts";
import { wholeNumber } from "../terminal/arguments.ts";
import { maxDocumentBytes, maxLineBytes, readText } from "../terminal/file.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { oneWorkerOf, type WorkerFlags, withWorkers, workersOf } from "./addresses.ts";
import { localTrust } from "./local-trust.ts";
import { keepingSession, readSession } from "./session-file.ts";

/** Options of commands that call a worker. */
export interface WorkerOptions extends OutputOptions, WorkerFlags {
  readonly maxAge: number;
}

/** Adds `--json`. */
export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON object on stdout");
}

/** Adds the options of {@link WorkerOptions}. */
export function withWorker(command: Command): Command {
  return withWorkers(withMaxAge(withJson(command)));
}

/** Adds `--max-age`. */
export function withMaxAge(command: Command): Command {
  return command.option(
    "--max-age <seconds>",
    "largest age of an answer, by chain time",
    wholeNumber("--max-age", 1),
    120,
  );
}

/** Returns the client's options: transport, crypto, randomness and freshness. */
export async function clientOptions(transport: Transport, maxAge: number): Promise<ClientOptions> {
  return {
    transport,
    crypto: await createNativeCrypto(),
    random: secureRandom,
    freshness: { now: Date.now, maxAgeMs: maxAge * 1000 },
  };
}

/** Options of commands that seal messages to a worker. The options determine which worker to trust. */
export interface TrustOptions extends WorkerOptions {
  readonly policy?: string;
  readonly anchor?: string;
  readonly session?: string;
  readonly trustWhoeverAnswers: boolean;
}

/** Adds the options of {@link TrustOptions}. */
export function withTrust(command: Command): Command {
  return withEvidence(withMaxAge(withJson(command)));
}

/** Adds the options that name workers and say which to trust, for a command that has the others already. */
export function withEvidence(command: Command): Command {
  return withWorkers(command)
    .option(
      "--policy <file>",
      "the policy that the worker's evidence must satisfy; default: policy.json in the data folder",
    )
    .option(
      "--anchor <hex>",
      "the anchor at which the worker must have begun, 0x and 32 bytes; " +
        "default: `anchor` in the data folder",
    )
    .option(
      "--session <file>",
      "remember the worker, and the block and chain time of its latest answer, in this file: no later " +
        "command with this file takes an older answer, or an answer of a worker with another key agreement " +
        "key",
    )
    .option(
      "--trust-whoever-answers",
      "verify no evidence: anyone may then be able to read what you seal",
      false,
    );
}

/**
 * Connects to the worker, runs a command, and stores what the client learned in the file of `--session`.
 * @throws as {@link connectWorker} and {@link keepingSession}
 */
export async function atWorker<T>(
  options: TrustOptions,
  run: (worker: WorkerClient) => Promise<T>,
): Promise<T> {
  const worker = await connectWorker(options);
  return keepingSession(options.session, worker, () => run(worker));
}

/**
 * Connects to the worker and verifies its evidence. With the option `trustWhoeverAnswers`, no evidence is
 * verified, so only one worker can be named.
 * @throws {@link CliError} `cli/no-policy` if neither an option nor a file gives the policy, or neither gives
 * the anchor; `cli/bad-argument`, `cli/bad-file`; the errors of {@link readSession} and of the client's
 * `connect`
 */
async function connectWorker(options: TrustOptions): Promise<WorkerClient> {
  const addresses = options.trustWhoeverAnswers ? [oneWorkerOf(options)] : workersOf(options);
  const { transport, crypto, random, freshness } = await clientOptions(
    httpTransport(addresses[0]),
    options.maxAge,
  );
  const stored = options.session === undefined ? undefined : readSession(options.session);
  const known = { crypto, random, ...(stored === undefined ? {} : { session: stored }) };
  if (options.trustWhoeverAnswers) return connectTrustingWhoeverAnswers({ transport, freshness, ...known });
  const { policy, anchor } = demandsOf(options);
  return connect(addresses, { policy, anchor, ...freshness, ...known });
}

/** Options that say which worker to trust. */
export type DemandFlags = Pick<TrustOptions, "policy" | "anchor" | "dataDir">;

/**
 * The JSON text of the policy, and the anchor as 64 hex digits.
 * @throws {@link CliError} `cli/no-policy`, `cli/bad-argument`, `cli/bad-file`
 */
export function demandsOf({ policy, anchor, dataDir }: DemandFlags): {
  readonly policy: string;
  readonly anchor: string;
} {
  const local = localTrust(dataDir);
  if (policy === undefined && !existsSync(local.policy))
    throw new CliError({ code: "cli/no-policy", missing: "--policy" });
  if (anchor === undefined && !existsSync(local.anchor))
    throw new CliError({ code: "cli/no-policy", missing: "--anchor" });
  return {
    policy: readText(policy ?? local.policy, maxDocumentBytes),
    anchor:
      anchor === undefined
        ? readText(local.anchor, maxLineBytes).trim()
        : toHex(hexArgument("--anchor", anchor, 32)),
  };
}

/** The `WebSocket` of the package `ws`, because Node.js before version 22 has no global `WebSocket`. */
export const websocketClass: typeof WebSocket = WebSocket;
