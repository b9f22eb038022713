/**
 * Carries calls to a worker. A transport does not verify signatures, because the client checks every reply.
 */
import type { Carried } from "@pruntime/api";
import { ClientError } from "./error.ts";
import { readAtMost } from "./read-at-most.ts";

/** A reply before verification. */
export interface RawReply {
  /** HTTP status. */
  readonly status: number;
  readonly body: Uint8Array;
  /** The value of a header, given its lower-case name. */
  readonly header: (name: string) => string | undefined;
}

/**
 * Sends one call to a worker. The worker signs the hash of exactly the bytes in `body`. A transport should
 * read no more than the action's `maxReplyBytes`; the client refuses a longer reply.
 */
export type Transport = (action: Carried, body: Uint8Array) => Promise<RawReply>;

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

/**
 * How long a client waits for a reply.
 * @limit ms
 * @source chosen; `timeoutMs` sets another
 * @past `client/unreachable`
 */
const usualTimeoutMs = 60_000;

/**
 * A transport over `fetch`. It follows no redirect, because another address must not receive the token.
 * @throws {@link ClientError} `client/unreachable`, `client/reply-too-large`
 */
export function httpTransport(
  url: string,
  { token, timeoutMs = usualTimeoutMs }: HttpOptions = {},
): Transport {
  const base = url.endsWith("/") ? url.slice(0, -1) : url;
  const headers = {
    "content-type": "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return async ({ name, maxReplyBytes }, body) => {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(`${base}/${name}`, {
        method: "POST",
        headers,
        body: body as Uint8Array<ArrayBuffer>,
        redirect: "error",
        signal,
      });
      const reply = await readAtMost(response, maxReplyBytes);
      if (reply === undefined)
        throw new ClientError({ code: "client/reply-too-large", action: name, limit: maxReplyBytes });
      return {
        status: response.status,
        body: reply,
        header: (name) => response.headers.get(name) ?? undefined,
      };
    } catch (cause) {
      if (cause instanceof ClientError) throw cause;
      throw new ClientError({ code: "client/unreachable", url: base }, { cause });
    }
  };
}
