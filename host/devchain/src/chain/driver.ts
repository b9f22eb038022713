import type { Block } from "../block.ts";
import type { BlockMode } from "../options.ts";
import type { Chain } from "./chain.ts";

/** Makes blocks as the mode requires. @returns a function that stops block production */
export function drive(chain: Chain, mode: BlockMode): () => void {
  switch (mode.kind) {
    case "manual":
      return () => undefined;
    case "interval": {
      const timer = setInterval(() => chain.produceBlock(), mode.ms);
      return () => clearInterval(timer);
    }
    case "instant":
      return driveInstantly(chain);
  }
}

/**
 * Makes one block for all transactions that arrive in one turn of the event loop, and more blocks while the
 * pool has ready transactions that fit. After a block that stores new code under `:pending_code`, also makes
 * the block that changes `:code`, because the pool refuses transactions for the new runtime until then.
 */
function driveInstantly(chain: Chain): () => void {
  let next: NodeJS.Immediate | undefined;
  /**
   * Whether the latest block was empty although transactions were ready. The next block would be empty, too.
   */
  let stuck = false;
  const make = (): void => {
    next = undefined;
    const upgrading = isUpgrading(chain.best());
    // If no transaction is ready, each waits for a transaction with a lower nonce: the block would be empty.
    if ((stuck || !chain.hasReady()) && !upgrading) return;
    const { body } = chain.produceBlock();
    stuck = body.length === 1 && !upgrading;
  };
  const plan = (): void => {
    next ??= setImmediate(make);
  };
  const unsubscribe = chain.subscribe(({ kind }) => {
    if (kind === "pooled") stuck = false;
    if (kind === "pooled" || kind === "best") plan();
  });
  return () => {
    unsubscribe();
    clearImmediate(next);
  };
}

function isUpgrading({ specVersion, nextSpecVersion }: Block): boolean {
  return specVersion !== nextSpecVersion;
}
