/**
 * Carries calls to a worker. A transport does not verify signatures, because the client checks every reply.
 */
import { ClientError } from "./error.ts";

/** A reply before verification. */
export interface RawReply {
  /** HTTP status. */
  readonly status: number;
  readonly body: Uint8Array;
  /** The value of a header, given its lower-case name. */
  readonly header: (name: string) => string | undefined;
}

/** Sends one call to a worker. The worker signs the hash of exactly the bytes in `body`. */
export type Transport = (action: string, body: Uint8Array) => Promise<RawReply>;

/** Options of the HTTP transport. */
export interface HttpOptions {
  /**
   * The operator's bearer token. Operator actions require it, except from the worker's own machine in the
   * mode of 2020.
   */
  readonly token?: string;
  /** The time limit in milliseconds. Default: 60 000. */
  readonly timeoutMs?: number;
}

/** A transport over `fetch`. @throws {@link ClientError} `client/unreachable` */
export function httpTransport(url: string, { token, timeoutMs = 60_000 }: HttpOptions = {}): Transport {
  const base = url.endsWith("/") ? url.slice(0, -1) : url;
  const headers = {
    "content-type": "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return async (action, body) => {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(`${base}/${action}`, {
        method: "POST",
        headers,
        body: body as Uint8Array<ArrayBuffer>,
        signal,
      });
      return {
        status: response.status,
        body: new Uint8Array(await response.arrayBuffer()),
        header: (name) => response.headers.get(name) ?? undefined,
      };
    } catch (cause) {
      throw new ClientError({ code: "client/unreachable", url: base }, { cause });
    }
  };
}
