/**
 * Makes the signed reply to a call. There are three kinds of replies. An answer has status 200. A refusal
 * with a message of 2020 has status 200 too, and the envelope's `status` is "error". A refusal with a code
 * has the HTTP status that the action's row gives for the code. The status is 400 if the row gives no status,
 * and 404 for an unknown action. The envelope of such a refusal contains the code and a message. A bug is a
 * refusal with the code `enclave/bug`.
 */
import {
  type AnyAction,
  type EnclaveLog,
  type EnclaveReply,
  findAction,
  type ToEnclave,
} from "@pruntime/api";
import { concat, toHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { type ProtocolError, sentenceOf } from "@pruntime/core/errors";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { complete } from "@pruntime/core/work";
import { type Enclave, type Handled, Refusal2020, type Written, writePayload } from "./actions/action.ts";
import { EnclaveError } from "./error.ts";
import { dropsOf, putsOf, type SealedEffects } from "./store/records.ts";

/** A call, as the gateway sends it. */
export type Call = Omit<Extract<ToEnclave, { readonly kind: "call" }>, "kind">;

/** What a reply names of its call. `hash` is the request's hash in the statement. */
export interface Asked extends Pick<Call, "action" | "id"> {
  readonly hash: Uint8Array;
}

/** The reply to a call. Its cost is not known before it is made. */
export type CallReply = Omit<EnclaveReply, "cost">;

/** The messages to the gateway for one call. The last message is the reply. */
export type Messages = readonly (EnclaveLog | CallReply)[];

/** How a call ended. */
export interface Ending {
  /** HTTP status. */
  readonly status: number;
  /** The refusal's code; `undefined` for an answer. */
  readonly code: string | undefined;
  readonly payload: Json;
  /** The payload as the reply contains it. By default, it is written together with the reply. */
  readonly written?: Written;
  /** The `status` field of the envelope. */
  readonly envelope: "ok" | "error";
  /** The `message` field of the envelope, in a refusal with a code. */
  readonly message?: string;
  /** The log entry of a bug. It is sent before the reply, and no effect of the call is stored. */
  readonly bug?: EnclaveLog;
}

/** The ending of a call that its handler answered. @throws JsonError if the payload cannot be written */
export function answered(crypto: Pick<Crypto, "sha256">, { payload, written }: Handled<Json>): Ending {
  const whole = written ?? complete(writePayload(crypto, payload));
  return { status: 200, code: undefined, payload, written: whole, envelope: "ok" };
}

/** The ending of a call that was refused. `row` is `undefined` for an unknown action. */
export function refused(row: AnyAction | undefined, error: ProtocolError): Ending {
  const { detail } = error;
  const { code } = detail;
  if (error instanceof Refusal2020) {
    const payload: Json = error.words === undefined ? null : { message: error.words };
    return { status: 200, code, payload, envelope: "error" };
  }
  const status = row === undefined ? 404 : (row.errors[code] ?? 400);
  const message = row === undefined ? "Unknown action" : sentenceOf(detail);
  return { status, code, message, payload: { message }, envelope: "error" };
}

/**
 * Makes the signed reply to a call, with the call's effects. The host stores the effects before it passes the
 * reply on. A reply that is larger than its action allows becomes a refusal.
 */
export function replyTo(enclave: Enclave, call: Asked, ending: Ending, effects: SealedEffects): Messages {
  const { id, action } = call;
  const row = findAction(action);
  const { status, code, payload, envelope, message, bug } = ending;
  const { crypto, identity, runtime } = enclave;
  const { hash, quoted } = ending.written ?? complete(writePayload(crypto, payload));
  const signature = toHex(identity.signer.sign(hash));
  const refusal = status === 200 ? {} : { code: code ?? "", message: message ?? "" };
  // canonical JSON: the payload comes after the fields of a refusal, and before the signature
  const [before, after] = [
    canonicalJson(refusal).slice(0, -1),
    canonicalJson({ signature, status: envelope }),
  ];
  const comma = status === 200 ? "" : ",";
  const text = concat(utf8(`${before}${comma}"payload":`), quoted, utf8(`,${after.slice(1)}`));
  if (row !== undefined && text.length > row.maxReplyBytes) {
    const detail = { code: "enclave/reply-too-large", bytes: text.length, limit: row.maxReplyBytes } as const;
    return replyTo(enclave, call, refused(row, new EnclaveError(detail)), effects);
  }
  const reply: CallReply = {
    kind: "reply",
    id,
    status,
    code,
    body: text,
    statement: runtime.statement(call.hash, hash),
    puts: bug === undefined ? putsOf(effects) : [],
    drops: bug === undefined ? dropsOf(effects) : [],
  };
  return bug === undefined ? [reply] : [bug, reply];
}
