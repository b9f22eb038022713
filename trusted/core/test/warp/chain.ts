/** A chain whose authorities change at blocks 4 and 9, and warp proof fragments for that chain. */
import { type AuthoritySet, grandpaDigestItem } from "../../src/grandpa/index.ts";
import { type LightClient, toFinalized } from "../../src/light-client/index.ts";
import type { WarpFragment } from "../../src/warp/index.ts";
import { authoritySet, type Block, child, genesis, grow, unanimous } from "../grandpa/chain.ts";

/** Set `n` consists of the four voters from number `4 n` on. */
export function setOf(n: number): AuthoritySet {
  return authoritySet(4, BigInt(n), 4 * n);
}

export function scheduled(next: number, delay = 0) {
  return grandpaDigestItem({ kind: "scheduled-change", nextAuthorities: setOf(next).authorities, delay });
}

/**
 * A fragment in which set `n` finalizes a block.
 * @param target the block that the votes name
 */
export function fragment(block: Block, n: number, target: Block = block): WarpFragment {
  return {
    header: block.header,
    encodedHeader: block.encoded,
    justification: unanimous(target, 3, BigInt(n), 4 * n),
  };
}

export const [root, at4, at9, at12] = chain();

export function next(parent: Block, ...digest: Block["header"]["digest"]): Block {
  return child(parent, { digest });
}

export function after(parent: Block, count: number): Block {
  return grow(parent, count).at(-1) as Block;
}

function chain(): [Block, Block, Block, Block] {
  const first = genesis();
  const end0 = next(after(first, 3), scheduled(1));
  const end1 = next(after(end0, 4), scheduled(2));
  return [first, end0, end1, after(end1, 3)];
}

/** A light client at a block, with the authorities of set `n`. */
export function clientAt(block: Block, n: number, pending: LightClient["pending"] = []): LightClient {
  return { genesisHash: root.hash, finalized: toFinalized(block), authorities: setOf(n), pending };
}
