/**
 * Describes errors in sentences: the problem, and what to do about it. The client describes the errors of a
 * worker and of a node; this file adds the command's options that help. It also has the sentences for errors
 * of this machine whose words depend on the facts.
 */
import { dirname } from "node:path";
import type { ClientError } from "@pruntime/client";
import { describeError } from "@pruntime/client/errors";
import type { ProtocolError } from "@pruntime/core/errors";
import type { DevchainError } from "@pruntime/devchain";
import type { LockError } from "@pruntime/folder-lock";
import type { GatewayError } from "@pruntime/gateway";
import type { RelayError } from "@pruntime/relay";
import type { CliError } from "../error.ts";

type Detail = (CliError | ClientError | DevchainError | GatewayError | LockError | RelayError)["detail"];
type Say<C> = (detail: Extract<Detail, { readonly code: C }>) => string;

/** An error as the command shows it. */
interface Shown {
  readonly code: string;
  /** The problem and what to do about it, in one or more lines. */
  readonly lines: readonly [string, ...string[]];
}

/** Describes an error for a person. */
export function shownError(error: ProtocolError): Shown {
  const { detail } = error;
  const said = sayIn(words, detail);
  if (said !== undefined) return { code: error.code, lines: [said] };
  const { code, sentence, advice, reasons } = describeError(error) ?? {
    code: error.code,
    sentence: "",
    reasons: [],
  };
  const [hint, end] = [sayIn(hints, detail) ?? advice, reasons.length === 0 ? "." : ":"];
  const first =
    hint === undefined ? (reasons.length === 0 ? sentence : sentence + end) : `${sentence}${end} ${hint}`;
  return { code, lines: [first, ...reasons.map((reason) => `  ${reason}`)] };
}

function sayIn(table: object, detail: { readonly code: string }): string | undefined {
  const say = (table as Readonly<Record<string, ((detail: object) => string) | undefined>>)[detail.code];
  return say?.(detail);
}

const startWorker =
  "Start one with `pruntime up` (the whole stack) or `pruntime worker`, or give an address with --worker.";
const startChain = "Start one with `pruntime up` or `pruntime chain`, or give an address with --node.";
const initialize = "Run `pruntime init`, or let `pruntime relay` do it.";
const otherData = "End that process, or choose another folder with --data-dir.";

/** What to do with this command about errors that the client describes. */
const hints: { readonly [C in Detail["code"]]?: Say<C> } = {
  "client/unreachable": () => startWorker,
  "client/node-unreachable": () => startChain,
  "client/not-initialized": () => initialize,
  "client/stale": ({ chainTimeMs }) =>
    chainTimeMs === 0n
      ? "Is the relay running? It may have just begun."
      : "Is the relay running? --max-age sets another limit.",
  "client/bad-envelope": () => "Give the address of a worker's REST interface with --worker.",
  "client/wrong-chain": () => "Compare --anchor and --session with the worker.",
  "client/no-such-call": ({ call }) =>
    call === "Execution.push_command" ? "Every chain has --via remark." : "Does --node name the right chain?",
  "client/node-on-other-chain": () =>
    "Give the address of a node of the worker's chain with --node, or the stack's folder with --data-dir.",
  "client/not-executed": () => "Is the relay running? --timeout waits longer.",
};

/** Sentences for errors whose words depend on the facts. */
const words: { readonly [C in Detail["code"]]?: Say<C> } = {
  "relay/worker-unreachable": ({ url }) => `no worker answers at ${url}. ${startWorker}`,
  "relay/node-unreachable": ({ url }) => `no chain answers at ${url}. ${startChain}`,
  "relay/not-initialized": () => `the worker does not know its chain yet. ${initialize}`,
  "cli/bad-argument": ({ name, want }) => `${name} must be ${want}`,
  "cli/bad-file": ({ path, reason }) => `${path}: ${reason}`,
  "cli/file-too-large": ({ path, maxBytes }) => `${path} is larger than ${maxBytes} bytes`,
  "cli/no-policy": ({ missing }) =>
    `no option or file says which worker to trust: give ${missing}, or --data-dir with the folder that ` +
    "`pruntime up` keeps. --trust-whoever-answers needs neither.",
  "cli/no-operator": ({ dataDir }) =>
    `no option or file says where the worker serves operator calls: give --data-dir with the folder that ` +
    `\`pruntime up\` or \`pruntime worker\` keeps (now ${dataDir}), or --operator and --token-file`,
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
};

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
