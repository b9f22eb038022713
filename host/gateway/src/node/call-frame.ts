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

/**
 * How deep the parameters of a call may be nested.
 * @limit levels
 * @source chosen: no call that pages may make has more than three
 * @past the call is refused with the JSON-RPC code -32602
 */
const maxParamLevels = 8;

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
  if (!isShallow(params, maxParamLevels))
    return { id, code: -32602, message: "The parameters are nested too deeply." };
  if (!isAllowed(method, params))
    return { id, code: -32601, message: "This server does not pass on this call to its node." };
  return { id, method, params };
}

/** What a message of the node means for the limits of a connection. */
export interface NodeMessage {
  /** The id of the call that the message answers; `undefined` for an event of a subscription. */
  readonly id: CallId | undefined;
  /** Whether the node refused the call. */
  readonly isError: boolean;
  /** Whether the node ends a subscription by itself. */
  readonly endsSubscription: boolean;
}

/** Reads a message of the node. A message in another form answers nothing and ends nothing. */
export function readNodeMessage(text: string): NodeMessage {
  const { id, error, params } = fieldsOf(parsed(text));
  const { event } = fieldsOf(fieldsOf(params)["result"]);
  return {
    id: isCallId(id) ? id : undefined,
    isError: error !== undefined,
    endsSubscription: id === undefined && event === "stop",
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => isShallow(each, levels - 1));
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
