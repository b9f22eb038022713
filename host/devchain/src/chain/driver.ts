import type { Block } from "../block.ts";
import type { BlockMode } from "../options.ts";
import type { Chain } from "./chain.ts";

/** Makes blocks as the mode requires. @returns a function that stops making them */
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
 * pool has ready transactions. Also makes one after a block that left an upgrade pending, because
 * transactions for the new runtime are valid only once a block has run it.
 */
function driveInstantly(chain: Chain): () => void {
  let next: NodeJS.Immediate | undefined;
  /** Whether an empty block had no room for the ready transactions. Then the next one has none either. */
  let stuck = false;
  const make = (): void => {
    next = undefined;
    const upgrading = isUpgrading(chain.best());
    // Without an upgrade or a ready transaction, all transactions wait for one that is not in the pool.
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
