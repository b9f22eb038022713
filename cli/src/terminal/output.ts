/** What commands print: one JSON object on stdout with `--json`, words otherwise; notes always go to stderr. Exit 0 done, 1 refused or failed, 2 misused. */
import { dirname } from "node:path";
import type { ClientError } from "@pruntime/client";
import { ProtocolError } from "@pruntime/core/errors";
import type { DevchainError } from "@pruntime/devchain";
import type { GatewayError } from "@pruntime/gateway";
import type { RelayError } from "@pruntime/relay";
import type { CliError } from "../error.ts";
import sentences from "./error-sentences.json" with { type: "json" };

/** Options every command has. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** A command's result. One with `ok: false` was refused in the end, and the exit code says so. */
export function printResult(options: OutputOptions, value: object, words: string, ok = true): void {
  if (!ok) process.exitCode = 1;
  process.stdout.write(options.json === true ? `${jsonText({ ok, ...value })}\n` : `${words}\n`);
}

/** Something a person wants to know while a command works. */
export function note(words: string): void {
  process.stderr.write(`${words}\n`);
}

/** Runs a command's action and turns what it throws into words and an exit code. */
export async function runAction(options: OutputOptions, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    process.exitCode = ["cli/bad-argument", "client/bad-account"].includes(error.code) ? 2 : 1;
    const message = advice(error as KnownError);
    if (options.json === true)
      process.stdout.write(`${jsonText({ ok: false, code: codeOf(error), message })}\n`);
    else process.stderr.write(`error: ${message} [${codeOf(error)}]\n`);
  }
}

/** A worker's refusal carries a better code than the client's. */
function codeOf(error: ProtocolError): string {
  const { detail } = error as KnownError;
  return detail.code === "client/refused" && detail.reason !== "" ? detail.reason : error.code;
}

/** Errors that have words of their own here. A code is one error's only, so it tells them. */
type KnownError = CliError | ClientError | DevchainError | GatewayError | RelayError;

/** What a code stands for, and the facts of this case. */
function plain({ code, ...context }: { readonly code: string }): string {
  const facts = Object.entries(context).map(
    ([name, value]) => `${name} ${typeof value === "string" ? value : jsonText(value)}`,
  );
  const words = sentenceOf(code) ?? code;
  return facts.length === 0 ? words : `${words} (${facts.join(", ")})`;
}

function sentenceOf(code: string): string | undefined {
  return (sentences as Readonly<Record<string, string>>)[code];
}

/** A worker tells a code and its facts. Its words stand where the code is none of ours. */
function refusal(reason: string, message: string, status: number): string {
  const sentence = sentenceOf(reason);
  const facts = message.startsWith(`${reason}: `) ? ` (${message.slice(reason.length + 2)})` : "";
  const words = sentence === undefined ? (message === "" ? reason : message) : `${sentence}${facts}`;
  return `the worker refused: ${words} (HTTP ${status})`;
}

function advice({ detail }: KnownError): string {
  switch (detail.code) {
    case "client/unreachable":
    case "relay/worker-unreachable":
      return `no worker answers at ${detail.url}. Start one with \`pruntime up\` (all of it) or \`pruntime worker\`, or name it with --worker.`;
    case "client/node-unreachable":
    case "relay/node-unreachable":
      return `no chain answers at ${detail.url}. Start one with \`pruntime up\` or \`pruntime chain\`, or name a node with --node.`;
    case "client/not-initialized":
    case "relay/not-initialized":
      return "the worker does not know its chain yet. Run `pruntime init`, or let `pruntime relay` do it.";
    case "client/refused":
      return refusal(detail.reason, detail.message, detail.status);
    case "client/stale":
      if (detail.chainTimeMs === 0n)
        return "the worker has executed no block yet. Is the relay running, and has it just begun?";
      return `the answer holds as of ${new Date(Number(detail.chainTimeMs)).toISOString()}, older than ${detail.maxAgeMs / 1000} s. Is the relay running? --max-age takes another limit.`;
    case "client/bad-envelope":
      return "what answers there is no worker: --worker wants the address of its REST interface";
    case "client/bad-account":
      return `an account must be ${detail.want}`;
    case "cli/bad-argument":
      return `${detail.name} must be ${detail.want}`;
    case "cli/bad-file":
      return `${detail.path}: ${detail.reason}`;
    case "cli/no-policy":
      return `nothing says which worker to believe: give ${detail.missing}, or --data-dir with the folder that \`pruntime up\` keeps. --trust-whoever-answers does without.`;
    case "client/policy-refused":
      return `the policy does not accept the worker's evidence:\n  ${detail.reasons.join("\n  ")}`;
    case "client/wrong-chain":
      return "the worker follows another chain, or was told to trust something else, than expected (--anchor)";
    case "cli/no-port":
      return `no free port near ${detail.wanted}`;
    case "cli/bad-host":
      return `cannot listen on ${detail.host}: ${detail.reason}`;
    case "cli/no-registry":
      return `the chain of ${detail.node} has no registry of workers (pallet Registry)`;
    case "devchain/locked":
      return `process ${detail.pid} has the chain in ${dirname(detail.path)} open. End it, or take another folder with --data-dir.`;
    case "devchain/other-chain":
      return `${detail.path} is of a chain made with other parameters or by another version. ${anotherFolder(detail.path)}`;
    case "devchain/bad-log":
      return `the chain's log is damaged at block ${detail.number}. Take another folder with --data-dir, or delete that one.`;
    case "gateway/data-locked":
      return `process ${detail.pid} has the worker in ${detail.dataDir} open. End it, or take another folder with --data-dir.`;
    case "gateway/port-taken":
      return `port ${detail.port} is taken`;
    case "gateway/weak-token":
      return "the operator's token must have 16 characters or more";
    case "client/transaction-failed":
      return `the chain did not take the transaction: ${detail.reason}`;
    case "client/timeout":
      return `gave up waiting for ${detail.what}`;
    default:
      return plain(detail);
  }
}

/** A worker initialized for another chain is of no use to a new one: both go. `path` is of a file in the chain's folder. */
function anotherFolder(path: string): string {
  return `Take another folder with --data-dir, or delete \`chain\` and \`worker\` in ${dirname(dirname(path))}: the worker's keys go with them.`;
}

/** JSON with bigints as decimal strings. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item),
    indent,
  );
}
