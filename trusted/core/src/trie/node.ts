/**
 * A node in memory. It names its partial key by a whole key that lies below it (or is its own), so that splitting and merging nodes
 * copies no nibbles: node [`start`, `end`) of `path`. All that lies below it starts with the first `end` nibbles of `path`.
 */

import { nibbleAt } from "./nibbles.ts";
import { emptyNode, encodeNode, hashLength, type NodeValue } from "./node-codec.ts";

/** What a trie is parameterised by. */
export interface TrieParameters {
  /** blake2b-256 on every Substrate chain. */
  readonly hash: (data: Uint8Array) => Uint8Array;
  readonly version: StateVersion;
}

/** Version 1 replaces values of 33 bytes and more by their hash, so that a proof need not carry them. */
export type StateVersion = 0 | 1;

export type Children = readonly (TrieNode | undefined)[];

const noChildren: Children = [];

export class TrieNode {
  readonly path: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly value: Uint8Array | undefined;
  /** 16 places, or none. */
  readonly children: Children;
  /** Memo: what the parent holds, the encoding when shorter than 32 bytes and its hash otherwise. */
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

  /** The branch at `end` that `children` hang from, each with its whole path from there on. */
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

  /** The key of its value. */
  get key(): Uint8Array {
    return this.path.slice(0, this.end >> 1);
  }
}

/** Whether a value is replaced by its hash. */
export function isHashed(p: TrieParameters, value: Uint8Array): boolean {
  return p.version === 1 && value.length > hashLength;
}

/** A node's encoding. References of all its children must be there. */
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

/** Fills the references of a node and all below it that have none yet, deepest first and without recursion. */
function settle(p: TrieParameters, root: TrieNode): Uint8Array {
  const open = [root];
  for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
    const before = open.length;
    for (const child of node.children)
      if (child !== undefined && child.reference === undefined) open.push(child);
    if (open.length > before) continue;
    node.reference ??= referenceTo(p, encodingOf(p, node));
    open.pop();
  }
  return root.reference as Uint8Array;
}

function referenceTo(p: TrieParameters, encoding: Uint8Array): Uint8Array {
  return encoding.length < hashLength ? encoding : p.hash(encoding);
}

/** The root is a hash however short the node is. */
export function rootHash(p: TrieParameters, root: TrieNode | undefined): Uint8Array {
  const reference = root === undefined ? emptyNode : settle(p, root);
  return reference.length === hashLength ? reference : p.hash(reference);
}
