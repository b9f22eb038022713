/**
 * A node in memory. Its partial key is the nibbles [`start`, `end`) of `path`, which is the whole key of this
 * node or of a node below it. Splitting and merging nodes therefore copies no nibbles. Every key below the
 * node starts with the first `end` nibbles of `path`.
 */

import type { Work } from "../work/index.ts";
import { nibbleAt } from "./nibbles.ts";
import { emptyNode, encodeNode, hashLength, type NodeValue } from "./node-codec.ts";

/**
 * The hash function and the layout version of a trie. The root of given entries depends on both of these
 * parameters.
 */
export interface TrieParameters {
  /** The hash function: blake2b-256 on every Substrate chain. */
  readonly hash: (data: Uint8Array) => Uint8Array;
  readonly version: StateVersion;
}

/**
 * The layout of a state trie. Version 1 replaces values of 33 bytes and more by their hash, so that a proof
 * need not include them.
 */
export type StateVersion = 0 | 1;

/** The children of a node by nibble: 16 places, or none for a leaf. */
export type Children = readonly (TrieNode | undefined)[];

const noChildren: Children = [];

/** A node of a trie in memory. It is immutable, apart from its cached reference. */
export class TrieNode {
  readonly path: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly value: Uint8Array | undefined;
  /** 16 places, or none for a leaf. */
  readonly children: Children;
  /**
   * The cached reference that the parent stores: the encoding if that is shorter than 32 bytes, and its hash
   * otherwise.
   */
  reference: Uint8Array | undefined = undefined;

  constructor(
    path: Uint8Array,
    start: number,
    end: number,
    value: Uint8Array | undefined,
    children: Children = noChildren,
  ) {
    this.path = path;
    this.start = start;
    this.end = end;
    this.value = value;
    this.children = children;
  }

  withStart(start: number): TrieNode {
    return new TrieNode(this.path, start, this.end, this.value, this.children);
  }

  withValue(value: Uint8Array | undefined): TrieNode {
    return new TrieNode(this.path, this.start, this.end, value, this.children);
  }

  withChild(nibble: number, child: TrieNode | undefined): TrieNode {
    const children =
      this.children.length === 0
        ? new Array<TrieNode | undefined>(16).fill(undefined)
        : this.children.slice();
    children[nibble] = child;
    return new TrieNode(this.path, this.start, this.end, this.value, children);
  }

  /**
   * Makes a branch that ends at nibble `end`. The place of a child in the branch is the nibble at index `end`
   * of the child's path.
   */
  static fork(
    path: Uint8Array,
    start: number,
    end: number,
    value: Uint8Array | undefined,
    below: readonly TrieNode[],
  ): TrieNode {
    const children = new Array<TrieNode | undefined>(16).fill(undefined);
    for (const child of below) children[nibbleAt(child.path, end)] = child;
    return new TrieNode(path, start, end, value, children);
  }

  /** The key of the node's value. */
  get key(): Uint8Array {
    return this.path.slice(0, this.end >> 1);
  }
}

/** Returns whether a node stores only the hash of this value. */
export function isHashed(p: TrieParameters, value: Uint8Array): boolean {
  return p.version === 1 && value.length > hashLength;
}

/** The encoding of a node. The references of all its children must be set. */
export function encodingOf(p: TrieParameters, node: TrieNode): Uint8Array {
  const children = node.children.length === 0 ? [] : node.children.map((child) => child?.reference);
  return encodeNode({
    partial: { bytes: node.path, start: node.start, end: node.end },
    value: nodeValue(p, node.value),
    children,
  });
}

function nodeValue(p: TrieParameters, value: Uint8Array | undefined): NodeValue | undefined {
  if (value === undefined) return undefined;
  return isHashed(p, value) ? { kind: "hashed", hash: p.hash(value) } : { kind: "inline", bytes: value };
}

/**
 * Computes the missing references of a node and all nodes below it, deepest first and without recursion.
 * Pauses after every {@link nodesPerUnit} nodes.
 */
function* settle(p: TrieParameters, root: TrieNode): Work<Uint8Array> {
  const open = [root];
  let left = nodesPerUnit;
  for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
    const before = open.length;
    for (const child of node.children)
      if (child !== undefined && child.reference === undefined) open.push(child);
    if (open.length > before) continue;
    node.reference ??= referenceTo(p, encodingOf(p, node));
    open.pop();
    if (--left > 0) continue;
    yield;
    left = nodesPerUnit;
  }
  return root.reference as Uint8Array;
}

/**
 * The nodes of the state's trie that are changed or hashed in one unit of work.
 * @limit nodes
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
export const nodesPerUnit = 64;

function referenceTo(p: TrieParameters, encoding: Uint8Array): Uint8Array {
  return encoding.length < hashLength ? encoding : p.hash(encoding);
}

/**
 * Computes the root hash of a tree, in units of {@link nodesPerUnit} nodes. The root is always hashed, even
 * if its encoding is short.
 */
export function* rootWork(p: TrieParameters, root: TrieNode | undefined): Work<Uint8Array> {
  const reference = root === undefined ? emptyNode : yield* settle(p, root);
  return reference.length === hashLength ? reference : p.hash(reference);
}
