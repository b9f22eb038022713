/**
 * Describes errors in sentences: the problem, and what to do about it. If a code has no entry in this file's
 * table, the sentence from the error's documentation is shown, with the facts of the error.
 */
import { dirname } from "node:path";
import type { ClientError } from "@pruntime/client";
import type { ProtocolError } from "@pruntime/core/errors";
import type { DevchainError } from "@pruntime/devchain";
import type { LockError } from "@pruntime/folder-lock";
import type { GatewayError } from "@pruntime/gateway";
import type { RelayError } from "@pruntime/relay";
import type { CliError } from "../error.ts";
import sentences from "./error-sentences.json" with { type: "json" };
import { jsonText } from "./json-text.ts";

type Detail = (CliError | ClientError | DevchainError | GatewayError | LockError | RelayError)["detail"];
type Say<C> = (detail: Extract<Detail, { readonly code: C }>) => string | readonly [string, ...string[]];

/** Describes an error for a person, in one or more lines. */
export function adviceFor({ detail }: ProtocolError): readonly [string, ...string[]] {
  const say = (table as Readonly<Record<string, (detail: object) => ReturnType<Say<never>>>>)[detail.code];
  const said = say === undefined ? plain(detail) : say(detail);
  return typeof said === "string" ? [said] : said;
}

/**
 * Returns the code to show. If a worker refused a call, the worker's code is more useful than the client's.
 */
export function codeOf(error: ProtocolError): string {
  const detail = error.detail as Detail;
  return detail.code === "client/refused" && detail.reason !== "" ? detail.reason : error.code;
}

const startWorker =
  "Start one with `pruntime up` (the whole stack) or `pruntime worker`, or give an address with --worker.";
const startChain = "Start one with `pruntime up` or `pruntime chain`, or give an address with --node.";
const initialize =
  "the worker does not know its chain yet. Run `pruntime init`, or let `pruntime relay` do it.";
const otherData = "End that process, or choose another folder with --data-dir.";

const table: { readonly [C in Detail["code"]]?: Say<C> } = {
  "client/unreachable": ({ url }) => `no worker answers at ${url}. ${startWorker}`,
  "relay/worker-unreachable": ({ url }) => `no worker answers at ${url}. ${startWorker}`,
  "client/node-unreachable": ({ url }) => `no chain answers at ${url}. ${startChain}`,
  "relay/node-unreachable": ({ url }) => `no chain answers at ${url}. ${startChain}`,
  "client/not-initialized": () => initialize,
  "relay/not-initialized": () => initialize,
  "client/refused": ({ reason, message, status }) => refusal(reason, message, status),
  "client/stale": ({ chainTimeMs, maxAgeMs }) =>
    chainTimeMs === 0n
      ? "the worker has executed no block yet. Is the relay running? It may have just begun."
      : `the answer is as of ${new Date(Number(chainTimeMs)).toISOString()}, older than ` +
        `${maxAgeMs / 1000} s. Is the relay running? --max-age sets another limit.`,
  "client/bad-envelope": () =>
    "the server there is not a worker: give the address of a worker's REST interface with --worker",
  "client/bad-account": ({ want }) => `an account must be ${want}`,
  "cli/bad-argument": ({ name, want }) => `${name} must be ${want}`,
  "cli/bad-file": ({ path, reason }) => `${path}: ${reason}`,
  "cli/file-too-large": ({ path, maxBytes }) => `${path} is larger than ${maxBytes} bytes`,
  "cli/no-policy": ({ missing }) =>
    `no option or file says which worker to trust: give ${missing}, or --data-dir with the folder that ` +
    "`pruntime up` keeps. --trust-whoever-answers needs neither.",
  "cli/no-operator": ({ dataDir }) =>
    `no option or file says where the worker serves operator calls: give --data-dir with the folder that ` +
    `\`pruntime up\` or \`pruntime worker\` keeps (now ${dataDir}), or --operator and --token-file`,
  "client/policy-refused": ({ reasons }) => [
    "the policy does not accept the worker's evidence:",
    ...reasons.map((reason) => `  ${reason}`),
  ],
  "client/wrong-chain": () =>
    "the worker follows another chain, or began at another anchor, than the one expected (--anchor, " +
    "--session)",
  "cli/no-port": ({ wanted }) => `no free port near ${wanted}`,
  "cli/bad-host": ({ host, reason }) => `cannot listen on ${host}: ${reason}`,
  "cli/no-registry": ({ node }) => `the chain of ${node} has no registry of workers (pallet Registry)`,
  "lock/held": ({ folder, holder }) => `${folder} is in use by ${holder}. ${otherData}`,
  "lock/unavailable": ({ folder, reason }) =>
    `cannot lock ${folder}: ${reason}. The command \`flock\` is needed, of util-linux or BusyBox.`,
  "devchain/other-chain": ({ path }) =>
    `the chain in ${path} was made with other parameters or by another version. ${anotherFolder(path)}`,
  "devchain/bad-log": ({ path, number }) =>
    `the chain's log ${path} is damaged at block ${number}. ` +
    "Choose another folder with --data-dir, or delete the log.",
  "gateway/port-taken": ({ port }) => `port ${port} is in use`,
  "gateway/socket-taken": ({ path }) =>
    `another process listens on ${path}, or it is a file of another kind. ` +
    "Choose another path with --operator.",
  "gateway/production-2020": () =>
    "--operator-2020 is refused in production mode, because it needs no token. Use --operator.",
  "gateway/weak-token": () => "the operator's token must have 16 characters or more",
  "client/transaction-failed": ({ reason }) => `the chain did not accept the transaction: ${reason}`,
  "client/no-such-call": ({ call }) =>
    call === "Execution.push_command"
      ? "the chain has no pallet for commands (call Execution.push_command). Every chain has --via remark."
      : `the chain has no call ${call} that takes these arguments`,
  "client/node-on-other-chain": ({ node, worker }) =>
    `the node is of another chain (genesis 0x${node}) than the worker (genesis 0x${worker}). Nothing was ` +
    "sent. Give the address of a node of the worker's chain with --node, or the folder of the stack with " +
    "--data-dir.",
  "client/not-executed": ({ blockNumber, dispatchedNumber }) =>
    dispatchedNumber < blockNumber
      ? `the command is final in block ${blockNumber}, but the worker has executed only up to block ` +
        `${dispatchedNumber}. Is the relay running? --timeout waits longer.`
      : `the worker has executed block ${dispatchedNumber}, but has no receipt for the command in block ` +
        `${blockNumber}`,
  "client/timeout": ({ what }) => `timed out waiting for ${what}`,
};

/** Returns the documented sentence for a code, with the facts of the error. */
function plain({ code, ...context }: { readonly code: string }): string {
  const facts = Object.entries(context).map(
    ([name, value]) => `${name} ${typeof value === "string" ? value : jsonText(value)}`,
  );
  const words = sentenceOf(code) ?? code;
  return facts.length === 0 ? words : `${words} (${facts.join(", ")})`;
}

/** The documented sentence for a code; `undefined` if the code is unknown. */
export function sentenceOf(code: string): string | undefined {
  return (sentences as Readonly<Record<string, string>>)[code];
}

/**
 * Describes a worker's refusal by its code and facts. The worker's own message is shown only if the code is
 * unknown.
 */
function refusal(reason: string, message: string, status: number): string {
  const sentence = sentenceOf(reason);
  const facts = message.startsWith(`${reason}: `) ? ` (${message.slice(reason.length + 2)})` : "";
  const words = sentence === undefined ? (message === "" ? reason : message) : `${sentence}${facts}`;
  return `the worker refused: ${words} (HTTP ${status})`;
}

/**
 * Advice for a chain that cannot be opened. A worker that was initialized for that chain cannot follow a new
 * chain, so a user who deletes the chain must also delete the worker. `path` is a file in the chain's folder.
 */
function anotherFolder(path: string): string {
  return (
    `Use another folder with --data-dir, or delete \`chain\` and \`worker\` in ${dirname(dirname(path))}: ` +
    "this also deletes the worker's keys."
  );
}
