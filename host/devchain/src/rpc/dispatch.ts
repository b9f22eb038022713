/**
 * Converts the text of a JSON-RPC 2.0 message to the text of its answer. A notification has no answer. No
 * message causes an exception.
 */
import {
  batchTooBig,
  internalError,
  invalidParams,
  invalidRequest,
  methodNotFound,
  parseError,
  RpcError,
  responseTooBig,
} from "./error.ts";
import type { Context, Method } from "./method.ts";
import { Params } from "./params.ts";

/** The limits of one message. */
export interface DispatchLimits {
  /** The maximum number of requests in one batch. */
  readonly maxBatchRequests: number;
  /**
   * The maximum length of the answer to one message, in UTF-16 code units. For a batch, the limit applies to
   * the sum of its answers' lengths.
   */
  readonly maxResponseLength: number;
}

/** Answers messages for one connection. */
export class Dispatcher {
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #context: Context;
  readonly #limits: DispatchLimits;

  constructor(methods: ReadonlyMap<string, Method>, context: Context, limits: DispatchLimits) {
    this.#methods = methods;
    this.#context = context;
    this.#limits = limits;
  }

  /** Returns the answer to a message; `undefined` for a message without an answer, such as a notification. */
  answer(message: string): string | undefined {
    let parsed: unknown;
    try {
      parsed = JSON.parse(message);
    } catch {
      return failure(null, parseError());
    }
    return Array.isArray(parsed) ? this.#batch(parsed) : this.#single(parsed);
  }

  /** Returns the delay before a message is answered, in milliseconds: the longest delay of its requests. */
  delayMs(message: string): number {
    if (this.#context.node.chain.faults.delayMs === undefined) return 0;
    try {
      const parsed: unknown = JSON.parse(message);
      const requests: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
      return Math.max(
        0,
        ...requests.map((request) => this.#context.node.delayMs(readRequest(request)?.method ?? "")),
      );
    } catch {
      return 0;
    }
  }

  #batch(requests: readonly unknown[]): string | undefined {
    const { maxBatchRequests, maxResponseLength } = this.#limits;
    if (requests.length === 0) return failure(null, invalidRequest());
    if (requests.length > maxBatchRequests) return failure(null, batchTooBig(maxBatchRequests));
    const answers: string[] = [];
    let length = 0;
    for (const request of requests) {
      const answer = this.#single(request);
      if (answer === undefined) continue;
      length += answer.length;
      if (length > maxResponseLength) return failure(null, responseTooBig(maxResponseLength));
      answers.push(answer);
    }
    return answers.length === 0 ? undefined : `[${answers.join(",")}]`;
  }

  #single(value: unknown): string | undefined {
    const request = readRequest(value);
    if (request === undefined) return failure(idOf(value), invalidRequest());
    const answer = this.#call(request);
    return request.id === undefined ? undefined : answer;
  }

  #call({ id = null, method, params }: Request): string {
    try {
      const handler = this.#methods.get(method);
      if (handler === undefined) throw methodNotFound();
      this.#context.node.admit(method);
      const genuine = handler(readParams(params), this.#context);
      const answer = JSON.stringify({
        jsonrpc: "2.0",
        id,
        result: this.#context.node.result(method, genuine),
      });
      if (answer.length > this.#limits.maxResponseLength)
        throw responseTooBig(this.#limits.maxResponseLength);
      return answer;
    } catch (error) {
      return failure(id, error instanceof RpcError ? error : internalError(String(error)));
    }
  }
}

type Id = string | number | null;

interface Request {
  readonly id: Id | undefined;
  readonly method: string;
  readonly params: unknown;
}

function readRequest(value: unknown): Request | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { jsonrpc, id, method, params } = value as Readonly<Record<string, unknown>>;
  if (jsonrpc !== "2.0" || typeof method !== "string") return undefined;
  if (id !== undefined && !isId(id)) return undefined;
  return { id, method, params };
}

/** The id of a malformed request, so that the client can identify the request. */
function idOf(value: unknown): Id {
  const id = typeof value === "object" && value !== null ? (value as { readonly id?: unknown }).id : null;
  return isId(id) ? id : null;
}

function isId(id: unknown): id is Id {
  return id === null || typeof id === "string" || typeof id === "number";
}

function readParams(params: unknown): Params {
  if (params === undefined || params === null) return new Params([]);
  if (Array.isArray(params)) return new Params(params);
  throw invalidParams("params are not an array");
}

function failure(id: Id, { code, message, data }: RpcError): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data } });
}
