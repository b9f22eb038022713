import type { ChainEvent } from "../types.ts";
import type { NodeView } from "./node-view.ts";
import type { Params } from "./params.ts";

/** An open subscription. The server calls `close` when the client unsubscribes or disconnects. */
export interface Subscription {
  readonly close: () => void;
}

/** Sends a subscription's next message. */
export type Emit = (result: unknown) => void;

/** What an RPC method can do with its connection. */
export interface Session {
  /**
   * Opens a subscription with a new id. Its messages are notifications named `event`. The server sends no
   * notification before the answer to the current request. `ended` removes a subscription that has sent its
   * last message.
   * @throws {@link RpcError} `-32006`, or over HTTP `-32601`
   */
  readonly open: (event: string, start: (emit: Emit, ended: () => void) => Subscription) => string;
  /** Closes a subscription. Returns `false` if no subscription has this id. */
  readonly close: (id: string) => boolean;
  readonly find: (id: string) => Subscription | undefined;
  readonly all: () => Iterable<Subscription>;
  /** Runs a function after the answer to the current message has been sent. */
  readonly afterAnswer: (run: () => void) => void;
  /** Subscribes to the chain's events. A listener that throws ends only this connection. */
  readonly listen: (listener: (event: ChainEvent) => void) => () => void;
}

/** The node and the connection that a method uses. */
export interface Context {
  readonly node: NodeView;
  readonly session: Session;
}

/** Answers a request with a JSON value. @throws {@link RpcError} */
export type Method = (params: Params, context: Context) => unknown;

/** Methods by their JSON-RPC names. */
export type MethodTable = Readonly<Record<string, Method>>;

/** Closes the subscription with the given id. Returns `false` if no subscription has this id. */
export const unsubscribe: Method = (params, { session }) => session.close(params.text(0));
