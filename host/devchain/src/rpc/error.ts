/**
 * Makes JSON-RPC errors with the codes and messages of polkadot-sdk's nodes, because relays and wallets
 * compare both.
 */

/** A refusal that is sent to the client unchanged. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: string | undefined;

  constructor(code: number, message: string, data?: string) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** The message is not JSON. @see https://www.jsonrpc.org/specification#error_object */
export const parseError = (): RpcError => new RpcError(-32700, "Parse error");
/** The message is JSON, but not a request. */
export const invalidRequest = (): RpcError => new RpcError(-32600, "Invalid request");
/** The server does not have the requested method. */
export const methodNotFound = (): RpcError => new RpcError(-32601, "Method not found");
/** A bad parameter. `reason` names the parameter and states what is wrong, but does not repeat the value. */
export const invalidParams = (reason: string): RpcError => new RpcError(-32602, "Invalid params", reason);
/** An error of the server itself. */
export const internalError = (reason: string): RpcError => new RpcError(-32603, "Internal error", reason);

/** Too many subscriptions on one connection, with the code of `jsonrpsee`. */
export const tooManySubscriptions = (limit: number): RpcError =>
  new RpcError(-32006, "Too many subscriptions on the connection", `Exceeded max limit of ${limit}`);
/** An answer that is longer than the server's limit. */
export const responseTooBig = (limit: number): RpcError =>
  new RpcError(-32008, "Response is too big", `Exceeded max limit of ${limit}`);
/** A batch with more requests than the server accepts. */
export const batchTooBig = (limit: number): RpcError =>
  new RpcError(-32010, "The batch request was too large", `Exceeded max limit of ${limit}`);

/** The error of `state_*` methods for an unknown block, a discarded state or a failed runtime call. */
export const clientError = (reason: string): RpcError => new RpcError(4003, `Client error: ${reason}`);
