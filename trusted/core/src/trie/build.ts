import { compare } from "../bytes/index.ts";
import { firstDifference, nibbleAt } from "./nibbles.ts";
import { TrieNode } from "./node.ts";

/** A key of the trie and its value. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** Sorts entries by key. Of entries with equal keys, only the last is kept. */
export function sortEntries(entries: readonly Entry[]): readonly Entry[] {
  if (isSorted(entries)) return entries;
  // the sort is stable, so entries with equal keys stay in the order in which they were given
  const sorted = [...entries].sort(([a], [b]) => compare(a, b));
  return sorted.filter(([key], i) => {
    const next = sorted[i + 1];
    return next === undefined || compare(key, next[0]) !== 0;
  });
}

function isSorted(entries: readonly Entry[]): boolean {
  for (let i = 1; i < entries.length; i++)
    if (compare((entries[i - 1] as Entry)[0], (entries[i] as Entry)[0]) >= 0) return false;
  return true;
}

/** A node whose start is not known until its parent is known. */
interface OpenNode {
  readonly path: Uint8Array;
  readonly end: number;
  readonly value: Uint8Array | undefined;
  children: (TrieNode | undefined)[] | undefined;
}

/**
 * Builds the tree from entries in key order, in one pass. The stack contains the nodes on the path to the
 * previous key. The nibble at which the next key leaves that path decides which of these nodes are complete.
 */
export function build(sorted: readonly Entry[]): TrieNode | undefined {
  const stack: OpenNode[] = [];
  let previous: Uint8Array | undefined;
  for (const [key, value] of sorted) {
    const fork =
      previous === undefined
        ? 0
        : firstDifference(previous, key, 0, 2 * Math.min(previous.length, key.length));
    closeBelow(stack, key, fork);
    stack.push({ path: key, end: 2 * key.length, value, children: undefined });
    previous = key;
  }
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const parent = stack.at(-1);
    if (parent === undefined) return close(node, 0);
    attach(parent, node);
  }
  return undefined;
}

/** Closes the nodes that end after `fork`. Opens a branch that ends at `fork` if no open node ends there. */
function closeBelow(stack: OpenNode[], key: Uint8Array, fork: number): void {
  for (let top = stack.at(-1); top !== undefined && top.end > fork; top = stack.at(-1)) {
    stack.pop();
    const parent = stack.at(-1);
    if (parent !== undefined && parent.end >= fork) attach(parent, top);
    else {
      const branch: OpenNode = { path: key, end: fork, value: undefined, children: undefined };
      attach(branch, top);
      stack.push(branch);
    }
  }
}

function attach(parent: OpenNode, node: OpenNode): void {
  parent.children ??= new Array<TrieNode | undefined>(16).fill(undefined);
  parent.children[nibbleAt(node.path, parent.end)] = close(node, parent.end + 1);
}

function close(node: OpenNode, start: number): TrieNode {
  return new TrieNode(node.path, start, node.end, node.value, node.children);
}
