/** Connections from options that several commands share. */
import { type ClientOptions, connectTrustingWhoeverAnswers, httpTransport, type WorkerClient } from "@pruntime/client";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import type { Command } from "commander";
import WebSocket from "ws";
import { wholeNumber } from "./arguments.ts";
import type { OutputOptions } from "./output.ts";

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
    .option("--token <token>", "the operator's token, for operator calls from another machine", process.env["PRUNTIME_TOKEN"])
    .option("--max-age <seconds>", "largest age of an answer, by chain time", wholeNumber("--max-age", 1), 120);
}

export function withNode(command: Command): Command {
  return command.option("--node <url>", "the chain's WebSocket address", process.env["PRUNTIME_NODE"] ?? defaultNode);
}

export async function clientOptions({ worker, token, maxAge }: Omit<WorkerOptions, "json">): Promise<ClientOptions> {
  return {
    transport: httpTransport(worker, token === undefined ? {} : { token }),
    crypto: await createNativeCrypto(),
    random: secureRandom,
    freshness: { now: Date.now, maxAgeMs: maxAge * 1000 },
  };
}

/** The command line stands next to the worker it operates, so it takes the first that answers. */
export async function connectWorker(options: Omit<WorkerOptions, "json">): Promise<WorkerClient> {
  return connectTrustingWhoeverAnswers(await clientOptions(options));
}

/** Node has a global `WebSocket` only from 22 on. */
export const websocketClass: typeof globalThis.WebSocket = WebSocket as never;
