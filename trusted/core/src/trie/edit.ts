/**
 * Inserts values into a tree of nodes and removes values from it. An edit copies the nodes on the path to the
 * value and shares all other nodes. The functions do not recurse.
 */
import { equal } from "../bytes/index.ts";
import { firstDifference, nibbleAt } from "./nibbles.ts";
import { TrieNode } from "./node.ts";

/** Returns the value at `key`, or `undefined` if the tree has no value there. */
export function find(root: TrieNode | undefined, key: Uint8Array): Uint8Array | undefined {
  const length = 2 * key.length;
  let node = root;
  while (
    node !== undefined &&
    node.end <= length &&
    firstDifference(node.path, key, node.start, node.end) === node.end
  ) {
    if (node.end === length) return node.value;
    node = node.children[nibbleAt(key, node.end)];
  }
  return undefined;
}

/** Returns the root of the tree with `value` at `key`, or `root` if the tree already has that value there. */
export function put(root: TrieNode | undefined, key: Uint8Array, value: Uint8Array): TrieNode {
  const passed: TrieNode[] = [];
  const length = 2 * key.length;
  let node = root;
  let start = 0;
  while (
    node !== undefined &&
    node.end < length &&
    firstDifference(node.path, key, start, node.end) === node.end
  ) {
    passed.push(node);
    start = node.end + 1;
    node = node.children[nibbleAt(key, node.end)];
  }
  const fresh = putHere(node, key, start, value);
  return fresh === node ? (root as TrieNode) : rebuild(passed, key, fresh);
}

/**
 * Inserts the value where the search for `key` stopped. If there is a `node` at that point, its path equals
 * `key`, starts with `key` and is longer, or branches off before the end of `key`.
 */
function putHere(node: TrieNode | undefined, key: Uint8Array, start: number, value: Uint8Array): TrieNode {
  const length = 2 * key.length;
  if (node === undefined) return new TrieNode(key, start, length, value);
  const fork = firstDifference(node.path, key, start, Math.min(node.end, length));
  if (fork === node.end)
    return node.value !== undefined && equal(node.value, value) ? node : node.withValue(value);
  const below = node.withStart(fork + 1);
  if (fork === length) return TrieNode.fork(key, start, fork, value, [below]);
  return TrieNode.fork(key, start, fork, undefined, [below, new TrieNode(key, fork + 1, length, value)]);
}

function rebuild(passed: readonly TrieNode[], key: Uint8Array, fresh: TrieNode): TrieNode {
  let node = fresh;
  for (let i = passed.length - 1; i >= 0; i--) {
    const parent = passed[i] as TrieNode;
    node = parent.withChild(nibbleAt(key, parent.end), node);
  }
  return node;
}

/**
 * Returns the root of the tree without `key`: `undefined` if the tree is then empty, and `root` if the tree
 * does not contain the key.
 */
export function remove(root: TrieNode | undefined, key: Uint8Array): TrieNode | undefined {
  const passed: TrieNode[] = [];
  const length = 2 * key.length;
  let node = root;
  while (
    node !== undefined &&
    node.end < length &&
    firstDifference(node.path, key, node.start, node.end) === node.end
  ) {
    passed.push(node);
    node = node.children[nibbleAt(key, node.end)];
  }
  if (node?.value === undefined || node.end !== length) return root;
  if (firstDifference(node.path, key, node.start, length) !== length) return root;
  let fresh = collapse(node.withValue(undefined));
  while (fresh === undefined) {
    const parent = passed.pop();
    if (parent === undefined) return undefined;
    fresh = collapse(parent.withChild(nibbleAt(key, parent.end), undefined));
  }
  return rebuild(passed, key, fresh);
}

/**
 * Simplifies a node that has lost its value or a child. A branch without a value and with only one child is
 * merged with that child. Returns `undefined` if the node has neither a value nor a child.
 */
function collapse(node: TrieNode): TrieNode | undefined {
  let only: TrieNode | undefined;
  for (const child of node.children) {
    if (child === undefined) continue;
    if (only !== undefined) return node;
    only = child;
  }
  if (node.value === undefined) return only?.withStart(node.start);
  return only === undefined ? new TrieNode(node.path, node.start, node.end, node.value) : node;
}
