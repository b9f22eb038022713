/**
 * How a call ends, as a signed reply. The call is answered (200), refused in the words of 2020 (200, and
 * `status` is "error"), or refused with a code. Then the HTTP status is the one that the action's row names
 * for the code, else 400, and code and message stand beside the envelope's keys. A bug has a code of its
 * own.
 */
import type { AnyAction, EnclaveLog, EnclaveReply, ToEnclave } from "@pruntime/api";
import { toHex, utf8 } from "@pruntime/core/bytes";
import type { ErrorDetail, ProtocolError } from "@pruntime/core/errors";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { replyHash, requestHash } from "@pruntime/core/statement";
import type { Effects } from "@pruntime/runtime";
import { type Enclave, type Handled, Refusal2020 } from "./actions/action.ts";
import { sealEffects } from "./store/records.ts";

/** A call as it crosses the pipe. */
export type Call = Omit<Extract<ToEnclave, { readonly kind: "call" }>, "kind">;

/** What the gateway is sent for one call; the reply is last. */
export type Messages = readonly (EnclaveLog | EnclaveReply)[];

/** How a call ended. */
export interface Ending {
  /** HTTP status. */
  readonly status: number;
  /** The refusal's code. */
  readonly code: string | undefined;
  /** JSON text. */
  readonly payload: string;
  /** What the envelope says as its `status`. */
  readonly envelope: "ok" | "error";
  /** What the envelope says as its `message`, in a refusal with a code. */
  readonly message?: string;
  /** The log entry of a bug. It is sent before the reply, and no effect of the call is stored. */
  readonly bug?: EnclaveLog;
}

/** The handler answered. */
export function answered({ payload }: Handled<Json>): Ending {
  return { status: 200, code: undefined, payload: canonicalJson(payload), envelope: "ok" };
}

/** The handler, or what comes before it, refused. Without a row there is no such action. */
export function refused(row: AnyAction | undefined, error: ProtocolError): Ending {
  const { detail } = error;
  const { code } = detail;
  if (error instanceof Refusal2020) {
    const payload: Json = error.words === undefined ? null : { message: error.words };
    return { status: 200, code, payload: canonicalJson(payload), envelope: "error" };
  }
  const status = row === undefined ? 404 : (row.errors[code] ?? 400);
  const message = row === undefined ? "Unknown action" : sentence(detail);
  return { status, code, message, payload: canonicalJson({ message }), envelope: "error" };
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

/**
 * The signed reply to a call. It carries the call's effects, which the host stores before it passes the
 * reply on.
 */
export function replyTo(
  enclave: Enclave,
  { id, action, body }: Call,
  ending: Ending,
  effects: readonly Effects[],
): Messages {
  const { status, code, payload, envelope, message, bug } = ending;
  const { crypto, identity, runtime } = enclave;
  const signature = toHex(identity.signer.sign(crypto.sha256(utf8(payload))));
  const refusal = status === 200 ? {} : { code: code ?? "", message: message ?? "" };
  const reply: EnclaveReply = {
    kind: "reply",
    id,
    status,
    code,
    body: utf8(canonicalJson({ ...refusal, payload, signature, status: envelope })),
    statement: runtime.statement(requestHash(crypto, action, body), replyHash(crypto, payload)),
    ...sealEffects(enclave, bug === undefined ? effects : []),
  };
  return bug === undefined ? [reply] : [bug, reply];
}
