/** How a client waits for a chain or a worker. */

/** The time between two blocks of a chain, in milliseconds: that of Polkadot. */
export const blockTimeMs = 6_000;

/** A client waits at most this many blocks for a worker that is behind. */
export const maxBlocksToWait = 3;

/** Resolves after this many milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
