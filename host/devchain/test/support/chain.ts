/**
 * Opens chains for tests. Unless the options differ, a chain uses a fixed time and makes blocks only on
 * request. Each chain is closed when its test ends.
 */
import { compileEvents, decodeMetadata, type EventRecord } from "@pruntime/core/metadata";
import { systemEventsKey } from "@pruntime/core/storage-key";
import { type Block, createDevchain, type Devchain, type DevchainOptions } from "@pruntime/devchain";
import { onTestFinished } from "vitest";

export async function manualChain(options: DevchainOptions = {}): Promise<Devchain> {
  const chain = await createDevchain({ mode: { kind: "manual" }, now: () => 1_600_000_000_000, ...options });
  onTestFinished(() => chain.close());
  return chain;
}

/** Makes blocks up to this height, and returns the best block. */
export function growTo(chain: Devchain, number: number): Block {
  while (chain.best().header.number < number) chain.produceBlock();
  return chain.best();
}

export function eventsOf(chain: Devchain, block: Block): readonly EventRecord[] {
  const parent = chain.blockOf(block.header.parentHash);
  const events = chain.stateOf(block).get(systemEventsKey(chain.crypto));
  return compileEvents(decodeMetadata(chain.metadata(16, parent))).decode(events!);
}

/** The events of a block, in order, each as `Pallet.Event`. */
export function eventNames(chain: Devchain, block: Block): string[] {
  return eventsOf(chain, block).map(({ pallet, name }) => `${pallet}.${name}`);
}
