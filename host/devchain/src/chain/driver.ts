import type { BlockMode } from "../options.ts";
import type { Chain } from "./chain.ts";

/** Makes blocks as the mode says. @returns how to stop */
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
 * One block for all that arrived in one turn of the event loop, and more while something waits that could go
 * in.
 */
function driveInstantly(chain: Chain): () => void {
  let next: NodeJS.Immediate | undefined;
  const make = (): void => {
    next = undefined;
    if (!chain.hasReady()) return; // its turn comes with another transaction
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
