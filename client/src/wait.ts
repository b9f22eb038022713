/** How a client waits for a chain or a worker. */

/** The time between two blocks of a chain, in milliseconds: that of Polkadot. */
export const blockTimeMs = 6_000;

/**
 * How long a client waits for a worker that is behind.
 * @limit blocks
 * @source chosen
 * @past the client reports the worker's refusal, or asks another worker
 */
export const maxBlocksToWait = 3;

/** Resolves after this many milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
