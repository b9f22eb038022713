/** What commands print: one JSON object on stdout with `--json`, words otherwise; notes always go to stderr. Exit 0 done, 1 refused or failed, 2 misused. */
import { ClientError } from "@pruntime/client";
import { ProtocolError } from "@pruntime/core/errors";
import { RelayError } from "@pruntime/relay";
import { CliError } from "./error.ts";

/** Options every command has. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** A command's result. */
export function printResult(options: OutputOptions, value: object, words: string): void {
  process.stdout.write(options.json === true ? `${jsonText({ ok: true, ...value })}\n` : `${words}\n`);
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
    const message = explain(error);
    if (options.json === true) process.stdout.write(`${jsonText({ ok: false, code: codeOf(error), message })}\n`);
    else process.stderr.write(`error: ${message} [${codeOf(error)}]\n`);
  }
}

/** A worker's refusal carries a better code than the client's. */
function codeOf(error: ProtocolError): string {
  return error instanceof ClientError && error.detail.code === "client/refused" && error.detail.reason !== ""
    ? error.detail.reason
    : error.code;
}

function explain(error: ProtocolError): string {
  if (error instanceof ClientError || error instanceof RelayError || error instanceof CliError) return advice(error);
  return `${error.code} ${jsonText(error.detail)}`;
}

function advice({ detail }: ClientError | RelayError | CliError): string {
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
      return `the worker refused: ${detail.message === "" ? detail.reason : detail.message} (HTTP ${detail.status})`;
    case "client/stale":
      return `the answer holds as of ${detail.chainTimeMs === 0n ? "an unknown chain time" : new Date(Number(detail.chainTimeMs)).toISOString()}, older than ${detail.maxAgeMs / 1000} s. Is the relay running? --max-age takes another limit.`;
    case "client/bad-account":
      return `an account must be ${detail.want}`;
    case "cli/bad-argument":
      return `${detail.name} must be ${detail.want}`;
    case "cli/bad-file":
      return `${detail.path}: ${detail.reason}`;
    case "cli/no-port":
      return `no free port near ${detail.wanted}`;
    case "client/transaction-failed":
      return `the chain did not take the transaction: ${detail.reason}`;
    case "client/timeout":
      return `gave up waiting for ${detail.what}`;
    default:
      return `${detail.code} ${jsonText(detail)}`;
  }
}

/** JSON with bigints as decimal strings. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item), indent);
}
