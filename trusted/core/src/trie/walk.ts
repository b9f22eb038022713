import { firstDifference, nibbleAt } from "./nibbles.ts";
import type { TrieNode } from "./node.ts";

/**
 * The nodes that have a value and a key that starts with `prefix`, in key order. If `after` is given, only
 * the nodes after that key.
 */
export function* walk(
  root: TrieNode | undefined,
  prefix: Uint8Array,
  after: Uint8Array | undefined,
): Generator<TrieNode> {
  const top = descend(root, prefix);
  if (top === undefined) return;
  const stack = [top];
  let past = after === undefined; // if a node is past `after`, so are all nodes that follow
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    let firstChild = 0;
    if (!past) {
      const position = place(node, after as Uint8Array);
      if (position === "before") continue;
      if (position === "on-the-way") firstChild = nibbleAt(after as Uint8Array, node.end);
      else past = true;
      if (position === "at") {
        pushChildren(stack, node, 0);
        continue;
      }
    }
    if (past && node.value !== undefined) yield node;
    pushChildren(stack, node, firstChild);
  }
}

function pushChildren(stack: TrieNode[], node: TrieNode, first: number): void {
  for (let i = node.children.length - 1; i >= first; i--) {
    const child = node.children[i];
    if (child !== undefined) stack.push(child);
  }
}

/**
 * The position of a node relative to a key. If the node is before or past the key, all its descendants are
 * too. `at` means that the node has the key, and `on-the-way` that the key is below the node.
 */
function place(node: TrieNode, key: Uint8Array): "before" | "on-the-way" | "at" | "past" {
  const length = 2 * key.length;
  const shared = Math.min(node.end, length);
  const difference = firstDifference(node.path, key, 0, shared);
  if (difference < shared)
    return nibbleAt(node.path, difference) < nibbleAt(key, difference) ? "before" : "past";
  if (node.end < length) return "on-the-way";
  return node.end === length ? "at" : "past";
}

/** Returns the root of the subtree that contains exactly the keys with this prefix. */
function descend(root: TrieNode | undefined, prefix: Uint8Array): TrieNode | undefined {
  const length = 2 * prefix.length;
  let node = root;
  while (node !== undefined) {
    const shared = Math.min(node.end, length);
    if (firstDifference(node.path, prefix, node.start, shared) < shared) return undefined;
    if (node.end >= length) return node;
    node = node.children[nibbleAt(prefix, node.end)];
  }
  return undefined;
}
