/** Where the nodes of a state's trie are. They contain only MACs, and are named by their hashes. */
import { equal } from "@pruntime/core/bytes";
import type { NodeStore } from "@pruntime/core/trie";

/**
 * The nodes of a state's trie that are ready for use in the memory of a worker.
 * @limit bytes
 * @source chosen: the nodes above some ten thousand entries; a small part of the smallest heap
 * @past a node is read from the store again
 */
export const cachedNodesBytes: number = 16 << 20;

interface StoredNode {
  readonly hash: Uint8Array;
  readonly encoding: Uint8Array;
  /** Another node whose hash starts with the same six bytes. */
  readonly next: StoredNode | undefined;
}

/** A store in the memory of the worker. The keys of its map are the first six bytes of the hashes. */
export class MemoryStore implements NodeStore {
  readonly #nodes = new Map<number, StoredNode>();

  node(hash: Uint8Array): Uint8Array | undefined {
    let node = this.#nodes.get(prefixOf(hash));
    while (node !== undefined && !equal(node.hash, hash)) node = node.next;
    return node?.encoding;
  }

  putNode(hash: Uint8Array, encoding: Uint8Array): void {
    const prefix = prefixOf(hash);
    this.#nodes.set(prefix, { hash, encoding, next: without(this.#nodes.get(prefix), hash) });
  }

  dropNode(hash: Uint8Array): void {
    const prefix = prefixOf(hash);
    const left = without(this.#nodes.get(prefix), hash);
    if (left === undefined) this.#nodes.delete(prefix);
    else this.#nodes.set(prefix, left);
  }
}

/** The list without the node that has this hash. */
function without(list: StoredNode | undefined, hash: Uint8Array): StoredNode | undefined {
  if (list === undefined || equal(list.hash, hash)) return list?.next;
  return { ...list, next: without(list.next, hash) };
}

function prefixOf(hash: Uint8Array): number {
  return u24(hash, 0) * 0x1000000 + u24(hash, 3);
}

function u24(hash: Uint8Array, at: number): number {
  return ((hash[at] as number) << 16) | ((hash[at + 1] as number) << 8) | (hash[at + 2] as number);
}
