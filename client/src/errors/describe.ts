/** Describes errors of this client and of the worker behind it. */
import { ProtocolError } from "@pruntime/core/errors";
import type { ClientErrorDetail } from "../error.ts";
import { sentences } from "./sentences.ts";

/** An error in words. */
export interface ErrorDescription {
  /** The code that programs act on. If a worker refused a call, this is the worker's code. */
  readonly code: string;
  /** What happened, with the facts of the error. */
  readonly sentence: string;
  /** What to do; `undefined` if the sentence says it, or if the error leaves no choice. */
  readonly advice: string | undefined;
  /** Further lines, such as the rules of a policy that refuse a worker. */
  readonly reasons: readonly string[];
  /** The error from which this one arose; `undefined` if it has no code. */
  readonly cause: ErrorDescription | undefined;
}

/** Describes an error that has a code, such as a `ClientError`. Returns `undefined` for other errors. */
export function describeError(error: unknown): ErrorDescription | undefined {
  if (!(error instanceof ProtocolError)) return undefined;
  const detail = error.detail as { readonly code: string };
  const say = Object.hasOwn(table, detail.code) ? table[detail.code as ClientErrorDetail["code"]] : undefined;
  const {
    sentence,
    advice,
    reasons = [],
  }: Words = say?.(detail as never) ?? { sentence: documented(detail) };
  return { code: codeOf(error), sentence, advice, reasons, cause: describeError(error.cause) };
}

/**
 * Returns the code to show. If a worker refused a call, the worker's code is more useful than the client's.
 */
function codeOf({ code, detail }: ProtocolError): string {
  const { reason } = detail as { readonly reason?: unknown };
  return code === "client/refused" && typeof reason === "string" && reason !== "" ? reason : code;
}

/** The documented sentence for a code of any part of this program; `undefined` if the code is unknown. */
export function sentenceOf(code: string): string | undefined {
  return sentences.get(code);
}

interface Words {
  readonly sentence: string;
  readonly advice?: string;
  readonly reasons?: readonly string[];
}

type Say<C> = (detail: Extract<ClientErrorDetail, { readonly code: C }>) => Words;

const askForReceipt = "It may still be executed: ask for its execution receipt before you send it again.";

/** What the documentation of a code cannot say, because it depends on the facts. */
const table: { readonly [C in ClientErrorDetail["code"]]?: Say<C> } = {
  "client/unreachable": ({ url }) => ({
    sentence: `no worker answers at ${url}`,
    advice: "Check the address, and whether the worker runs.",
  }),
  "client/node-unreachable": ({ url }) => ({
    sentence: `no chain answers at ${url}`,
    advice: "Check the address, and whether the node runs.",
  }),
  "client/not-initialized": () => ({
    sentence: "the worker does not know its chain yet",
    advice: "Its operator must initialize it, or start its relay.",
  }),
  "client/refused": ({ reason, message, status }) => ({ sentence: refusal(reason, message, status) }),
  "client/stale": ({ chainTimeMs, maxAgeMs }) =>
    chainTimeMs === 0n
      ? {
          sentence: "the worker has executed no block yet",
          advice: "Is the relay running? It may have just begun.",
        }
      : {
          sentence:
            `the answer is as of ${new Date(Number(chainTimeMs)).toISOString()}, older than ` +
            `${maxAgeMs / 1000} s`,
          advice: "Is the relay running? `maxAgeMs` sets another limit.",
        },
  "client/bad-envelope": () => ({
    sentence: "the server there is not a worker",
    advice: "Give the address of a worker's REST interface.",
  }),
  "client/bad-account": ({ want }) => ({ sentence: `an account must be ${want}` }),
  "client/policy-refused": ({ reasons }) => ({
    sentence: "the policy does not accept the worker's evidence",
    reasons,
  }),
  "client/wrong-chain": () => ({
    sentence: "the worker follows another chain, or began at another anchor, than the one expected",
  }),
  "client/transaction-failed": ({ reason }) => ({
    sentence: `the chain did not accept the transaction: ${reason}`,
  }),
  "client/no-such-call": ({ call }) =>
    call === "Execution.push_command"
      ? {
          sentence: `the chain has no pallet for commands (call ${call})`,
          advice: 'Connect with `via: "remark"`, which every chain has.',
        }
      : { sentence: `the chain has no call ${call} that takes these arguments` },
  "client/node-on-other-chain": ({ node, worker }) => ({
    sentence:
      `the node is of another chain (genesis 0x${node}) than the worker (genesis 0x${worker}). Nothing was ` +
      "sent",
    advice: "Use a node of the worker's chain.",
  }),
  "client/not-finalized": ({ inBlock, timeoutMs }) => ({
    sentence:
      inBlock === null
        ? `the transaction is in no block after ${timeoutMs / 1000} s`
        : `the transaction is in block ${inBlock}, which is not final after ${timeoutMs / 1000} s`,
    advice: askForReceipt,
  }),
  "client/aborted": ({ after }) =>
    after === "nothing"
      ? { sentence: "the push was ended before anything was sealed" }
      : { sentence: `the push was ended after the step ${after}`, advice: askForReceipt },
  "client/not-executed": ({ blockNumber, dispatchedNumber }) =>
    dispatchedNumber < blockNumber
      ? {
          sentence:
            `the command is final in block ${blockNumber}, but the worker has executed only up to block ` +
            `${dispatchedNumber}`,
          advice: "Is the relay running? `executionTimeoutMs` waits longer.",
        }
      : {
          sentence:
            `the worker has executed block ${dispatchedNumber}, but has no receipt for the command in ` +
            `block ${blockNumber}`,
        },
  "client/timeout": ({ what }) => ({ sentence: `timed out waiting for ${what}` }),
};

/** The documented sentence for a code, with the facts of the error. */
function documented({ code, ...facts }: { readonly code: string }): string {
  const named = Object.entries(facts).map(([name, value]) => `${name} ${factText(value)}`);
  const words = sentenceOf(code) ?? code;
  return named.length === 0 ? words : `${words} (${named.join(", ")})`;
}

function factText(fact: unknown): string {
  if (typeof fact === "string" || typeof fact === "bigint") return String(fact);
  return JSON.stringify(fact, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item));
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
