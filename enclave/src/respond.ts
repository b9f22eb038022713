/**
 * A call's way through the enclave: body in, signed envelope out. Three kinds of answer: done (200), refused in the words of 2020 (200, `status: "error"`), refused
 * with a code (4xx, the code in front of the envelope's keys). Whatever else happens is a bug, and answered as one.
 */
import { type EnclaveLog, type EnclaveReply, findAction } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";
import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { type ErrorDetail, ProtocolError } from "@pruntime/core/errors";
import {
  canonicalJson,
  decodeJson,
  type Json,
  type JsonReader,
  jsonAny,
  jsonObject,
} from "@pruntime/core/json";
import { replyHash, requestHash } from "@pruntime/core/statement";
import { type Answer, type Enclave, type QuoteWanted, Refusal2020 } from "./actions/action.ts";
import { runs } from "./actions/index.ts";
import { bugLog } from "./bug-log.ts";
import { EnclaveError } from "./error.ts";

const limits = { maxLength: 1 << 28, maxDepth: 64 };
const anyObject: JsonReader<object> = jsonObject({}, "ignored");
/** Both must be there, as in 2020; what stands in the nonce is nobody's business. */
const request = jsonObject({ input: jsonAny, nonce: anyObject }, "ignored");

/** HTTP status of coded refusals; what is not listed is a 400. */
const statuses: Readonly<Record<string, number>> = {
  "runtime/not-initialized": 409,
  "runtime/already-initialized": 409,
  "runtime/wrong-source": 409,
  "runtime/metadata-outdated": 409,
  "runtime/queue-full": 409,
  "runtime/no-parachain": 409,
  "runtime/halted": 503,
  "ask/too-many": 429,
  "enclave/unknown-action": 404,
  "enclave/dev-only": 403,
  "enclave/bug": 500,
  "quote/unavailable": 503,
  "quote/not-offered": 503,
  "quote/busy": 503,
  "quote/raced": 503,
  "quote/too-large": 503,
  "quote/unknown-format": 503,
  "quote/wrong-report-data": 503,
};

type Body = Pick<EnclaveReply, "status" | "code" | "puts"> & {
  readonly payload: string;
  readonly envelope: "ok" | "error";
  readonly message?: string;
  /** Told before the reply. */
  readonly log?: EnclaveLog;
};

export type Messages = readonly (EnclaveLog | EnclaveReply)[];

/** A call that waits for evidence over these 64 bytes. */
export interface Waiting {
  readonly reportData: Uint8Array;
  /** Goes on with the quote, or with what `quote` throws. It does not throw. */
  readonly resume: (quote: () => Evidence) => Messages;
}

/** Answers one call, or says what evidence it wants first. It does not throw. */
export function respond(enclave: Enclave, id: number, action: string, body: Uint8Array): Messages | Waiting {
  const reply = ({ log, ...answer }: Body): Messages => {
    const message = signed(enclave, id, action, body, answer);
    return log === undefined ? [message] : [log, message];
  };
  const first = attempt(enclave, () => run(enclave, action, body));
  if (!("reportData" in first)) return reply(first);
  const { reportData, answer } = first;
  return { reportData, resume: (quote) => reply(attempt(enclave, () => done(answer(quote)))) };
}

function signed(
  enclave: Enclave,
  id: number,
  action: string,
  body: Uint8Array,
  answer: Omit<Body, "log">,
): EnclaveReply {
  const { status, code, puts, payload, envelope, message } = answer;
  const { crypto, identity, runtime } = enclave;
  const signature = toHex(identity.signer.sign(crypto.sha256(utf8(payload))));
  const refused = status === 200 ? {} : { code: code ?? "", message: message ?? "" };
  return {
    kind: "reply",
    id,
    status,
    code,
    body: utf8(canonicalJson({ ...refused, payload, signature, status: envelope })),
    statement: runtime.statement(requestHash(crypto, action, body), replyHash(crypto, payload)),
    puts,
    drops: [],
  };
}

function attempt<T>(enclave: Enclave, step: () => T): T | Body {
  try {
    return step();
  } catch (error) {
    return error instanceof ProtocolError ? refused(error as ProtocolError) : bug(enclave, error);
  }
}

function run(enclave: Enclave, action: string, body: Uint8Array): Body | QuoteWanted {
  const known = findAction(action);
  if (known === undefined) throw new EnclaveError({ code: "enclave/unknown-action" });
  const { input } = decodeJson(fromUtf8(body), request, limits);
  anyObject(input, "/input");
  const answer = runs[known.action](enclave, input);
  return "reportData" in answer ? answer : done(answer);
}

function done({ payload, puts = [] }: Answer): Body {
  return { status: 200, code: undefined, payload: canonicalJson(payload), envelope: "ok", puts };
}

/** Nothing that was not foreseen can be relied upon: the worker takes no more work. */
function bug({ runtime }: Enclave, error: unknown): Body {
  runtime.halt();
  return { ...refused(new EnclaveError({ code: "enclave/bug" })), log: bugLog(error) };
}

function refused(error: ProtocolError): Body {
  const { detail } = error;
  const { code } = detail;
  if (error instanceof Refusal2020) {
    const payload: Json = error.words === undefined ? null : { message: error.words };
    return { status: 200, code, payload: canonicalJson(payload), envelope: "error", puts: [] };
  }
  const message = code === "enclave/unknown-action" ? "Unknown action" : sentence(detail);
  return {
    status: statuses[code] ?? 400,
    code,
    message,
    payload: canonicalJson({ message }),
    envelope: "error",
    puts: [],
  };
}

/** The code and its facts. Details hold numbers, schema paths and public hashes only. */
function sentence({ code, ...facts }: ErrorDetail): string {
  const shown = Object.entries(facts).flatMap(([name, value]: [string, unknown]) =>
    ["string", "number", "bigint"].includes(typeof value)
      ? [`${name} ${value === "" ? '""' : String(value)}`]
      : [],
  );
  return shown.length === 0 ? code : `${code}: ${shown.join(", ")}`;
}
