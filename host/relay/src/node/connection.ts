/** The interface of a connection to a node, over a WebSocket or over HTTP. */

/** A connection to a node, open until one side closes it. */
export interface NodeConnection {
  readonly url: string;
  /**
   * Sends a request and returns the result.
   * @throws {@link RelayError} `relay/node-unreachable`, `relay/node-timeout`, `relay/node-refused`,
   * `relay/method-not-found`, `relay/rate-limited`, `relay/answer-too-large`, `relay/node-response-limit`,
   * `relay/node-request-limit`, `relay/state-discarded`; over HTTP also `relay/bad-answer`
   */
  readonly request: (method: string, ...params: readonly unknown[]) => Promise<unknown>;
  /**
   * Subscribes, and passes the subscription's messages to `onMessage` until the connection ends.
   * @throws as `request`; `relay/bad-answer` if the node returns no subscription id; over HTTP always
   * `relay/method-not-found`
   */
  readonly subscribe: (method: string, onMessage: (result: unknown) => void) => Promise<void>;
  /** Settles when the connection has ended. */
  readonly closed: Promise<void>;
  readonly close: () => void;
}

/** Limits of a connection. */
export interface ConnectOptions {
  /** How long the node may take for an answer, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number;
  /** The largest message accepted from the node, in bytes. Default: 64 MiB. */
  readonly maxMessageBytes?: number;
}
