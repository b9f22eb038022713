/**
 * Errors as JSON-RPC objects, with the numbers and words of polkadot-sdk's nodes: relays and wallets match on
 * both.
 */

/** A refusal that is sent to the client as it stands. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: string | undefined;

  constructor(code: number, message: string, data?: string) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** @see https://www.jsonrpc.org/specification#error_object */
export const parseError = (): RpcError => new RpcError(-32700, "Parse error");
export const invalidRequest = (): RpcError => new RpcError(-32600, "Invalid request");
export const methodNotFound = (): RpcError => new RpcError(-32601, "Method not found");
/** `reason` names the parameter and what it should be; it never repeats what was sent. */
export const invalidParams = (reason: string): RpcError => new RpcError(-32602, "Invalid params", reason);
export const internalError = (reason: string): RpcError => new RpcError(-32603, "Internal error", reason);

/** Refusals of the server itself, numbered as `jsonrpsee` numbers them. */
export const tooManySubscriptions = (limit: number): RpcError =>
  new RpcError(-32006, "Too many subscriptions on the connection", `Exceeded max limit of ${limit}`);
export const responseTooBig = (limit: number): RpcError =>
  new RpcError(-32008, "Response is too big", `Exceeded max limit of ${limit}`);
export const batchTooBig = (limit: number): RpcError =>
  new RpcError(-32010, "The batch request was too large", `Exceeded max limit of ${limit}`);

/** What the state backend says, under the number that every error of `state_*` has. */
export const clientError = (reason: string): RpcError => new RpcError(4003, `Client error: ${reason}`);
