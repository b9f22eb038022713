/** Reads what the page sends to the node: one JSON-RPC call in each message. */
import { isAllowed } from "./allowed-calls.ts";

/** The id that the caller gave a call. */
export type CallId = number | string;

/** A call that the page may make. */
export interface NodeCall {
  readonly id: CallId;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Why a message does not reach the node. */
export interface CallRefusal {
  readonly id: CallId | null;
  /** A code of JSON-RPC. */
  readonly code: number;
  readonly message: string;
}

/** Reads a message of the page: a call that it may make, or why it may not. */
export function readCall(text: string): NodeCall | CallRefusal {
  const message = parsed(text);
  if (message === undefined) return { id: null, code: -32700, message: "The message is not JSON." };
  if (typeof message !== "object" || message === null || Array.isArray(message))
    return { id: null, code: -32600, message: "Send one call in each message. Batches are refused." };
  const { id, method, params = [] } = message as Readonly<Record<string, unknown>>;
  if (!isCallId(id)) return { id: null, code: -32600, message: "A call needs an id." };
  if (typeof method !== "string") return { id, code: -32600, message: "A call needs a method." };
  if (!Array.isArray(params)) return { id, code: -32602, message: "Give the parameters as a list." };
  if (!isAllowed(method, params))
    return { id, code: -32601, message: "This server does not pass on this call to its node." };
  return { id, method, params };
}

/** The id of the call that a message of the node answers; `undefined` for an event of a subscription. */
export function answeredId(text: string): CallId | undefined {
  const message = parsed(text);
  if (typeof message !== "object" || message === null || !("id" in message)) return undefined;
  return isCallId(message.id) ? message.id : undefined;
}

/** Whether a value is an id. Other ids, such as fractions, may come back from the node in another form. */
function isCallId(id: unknown): id is CallId {
  return Number.isSafeInteger(id) || (typeof id === "string" && id.length <= 64);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
