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
 * pool has ready transactions.
 */
function driveInstantly(chain: Chain): () => void {
  let next: NodeJS.Immediate | undefined;
  const make = (): void => {
    next = undefined;
    if (!chain.hasReady()) return; // all transactions wait for one that is not in the pool
    chain.produceBlock();
    plan();
  };
  const plan = (): void => {
    next ??= setImmediate(make);
  };
  const unsubscribe = chain.subscribe(({ kind }) => {
    if (kind === "pooled") plan();
  });
  return () => {
    unsubscribe();
    clearImmediate(next);
  };
}
