/** Waits for a worker that has restarted and has not yet reached the highest block it once knew as final. */
import { replyHeaders } from "@pruntime/api";
import type { Transport } from "./transport.ts";
import { blockTimeMs, maxBlocksToWait, sleep } from "./wait.ts";

/** How long a client waits for such a worker, and how it waits. */
export interface Patience {
  /** The longest wait for one call, in milliseconds. */
  readonly waitMs: number;
  /** The pause between two attempts, in milliseconds. */
  readonly pauseMs: number;
  /** Resolves after this many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** Asks every two seconds. */
export const usualPatience: Patience = {
  waitMs: maxBlocksToWait * blockTimeMs,
  pauseMs: 2_000,
  sleep,
};

/**
 * Returns a transport that sends a call again while the worker refuses it with `runtime/below-mark`. A worker
 * that refuses with this code has not remembered the call's nonce, so the same bytes can be sent again.
 */
export function patient(transport: Transport, { waitMs, pauseMs, sleep }: Patience): Transport {
  return async (action, body) => {
    let reply = await transport(action, body);
    for (let waited = 0; waited < waitMs && isBelowMark(reply); waited += pauseMs) {
      await sleep(pauseMs);
      reply = await transport(action, body);
    }
    return reply;
  };
}

function isBelowMark({ header }: Awaited<ReturnType<Transport>>): boolean {
  return header(replyHeaders.code) === "runtime/below-mark";
}
