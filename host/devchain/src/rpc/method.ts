import type { ChainEvent } from "../types.ts";
import type { NodeView } from "./node-view.ts";
import type { Params } from "./params.ts";

/** What a connection holds open until its client, or the end of the connection, closes it. */
export interface Subscription {
  readonly close: () => void;
}

/** Sends a subscription's next message. */
export type Emit = (result: unknown) => void;

/** A connection, as methods see it. */
export interface Session {
  /**
   * Opens a subscription under an id of its own. Its messages are notifications called `event`; none leaves
   * before the answer to the current request. `ended` forgets a subscription that has sent its last message.
   * @throws {@link RpcError} `-32006`, or over HTTP `-32601`
   */
  readonly open: (event: string, start: (emit: Emit, ended: () => void) => Subscription) => string;
  /** Closes a subscription; `false` when there is none with this id. */
  readonly close: (id: string) => boolean;
  readonly find: (id: string) => Subscription | undefined;
  readonly all: () => Iterable<Subscription>;
  /** Subscribes to the chain's events. A listener that throws ends this connection and nothing else. */
  readonly listen: (listener: (event: ChainEvent) => void) => () => void;
}

/** The dependencies of a method. */
export interface Context {
  readonly node: NodeView;
  readonly session: Session;
}

/** Answers a request with a JSON value. @throws {@link RpcError} */
export type Method = (params: Params, context: Context) => unknown;

/** Methods by their JSON-RPC names. */
export type MethodTable = Readonly<Record<string, Method>>;

/** The method that closes what a `subscribe` method has opened. */
export const unsubscribe: Method = (params, { session }) => session.close(params.text(0));
