/**
 * Reading a state that one only has the root of, out of nodes that somebody untrusted picked. Nodes are a set: only what is reached by
 * hash from the trusted root counts, in whatever order it was given, and spare nodes say nothing.
 */
import { equal } from "../bytes/index.ts";
import { TrieError } from "./error.ts";
import { hasRunAt, nibbleAt } from "./nibbles.ts";
import {
  type DecodedChild,
  type DecodedNode,
  decodeNode,
  emptyNode,
  hashLength,
  type NodeValue,
} from "./node-codec.ts";
import { type Given, NodeSet } from "./node-set.ts";

/** What a reader is willing to look at. */
export interface ProofLimits {
  readonly nodes: number;
  /** Of all nodes together. */
  readonly bytes: number;
}

/** Room for a proof of a runtime's whole code; far above any proof of events. */
export const defaultProofLimits: ProofLimits = { nodes: 65_536, bytes: 16 * 1024 * 1024 };

/** Part of a state, proven against its root. Made by {@link openStateProof} only. */
export class StateProof {
  readonly #root: DecodedNode | undefined;
  readonly #given: NodeSet;

  /** @param root `undefined` for the state without entries */
  constructor(root: DecodedNode | undefined, given: NodeSet) {
    this.#root = root;
    this.#given = given;
  }

  /**
   * The value at `key`, a view of the proof; `undefined` when the proof shows that there is none.
   * @throws {@link TrieError} `trie/incomplete-proof` when it shows neither
   */
  read(key: Uint8Array): Uint8Array | undefined {
    const found = this.#find(key);
    if (found.kind === "missing") throw new TrieError({ code: "trie/incomplete-proof", missing: found.hash });
    return found.value;
  }

  /** Whether {@link StateProof.read} has an answer for `key`. */
  covers(key: Uint8Array): boolean {
    return this.#find(key).kind === "known";
  }

  #find(key: Uint8Array): Found {
    let node = this.#root;
    for (let at = 0; node !== undefined; at++) {
      if (!hasRunAt(key, at, node.partial)) return absent;
      at += node.partial.end - node.partial.start;
      if (at === 2 * key.length) return this.#value(node.value);
      const child: DecodedChild | undefined = node.children[nibbleAt(key, at)];
      if (child?.kind !== "hash") node = child?.node;
      else {
        node = this.#given.at(child.bytes, child.offset)?.node;
        if (node === undefined) return { kind: "missing", hash: child.hash };
      }
    }
    return absent;
  }

  #value(value: NodeValue | undefined): Found {
    if (value?.kind !== "hashed") return { kind: "known", value: value?.bytes };
    const bytes = this.#given.get(value.hash)?.bytes;
    return bytes === undefined ? { kind: "missing", hash: value.hash } : { kind: "known", value: bytes };
  }
}

type Found =
  | { readonly kind: "known"; readonly value: Uint8Array | undefined }
  | { readonly kind: "missing"; readonly hash: Uint8Array };

const absent: Found = { kind: "known", value: undefined };

/**
 * Follows the nodes from the root that is trusted and decodes all it reaches, each once. The state without
 * entries needs no node.
 * @throws {@link TrieError} `trie/too-large`, `trie/duplicate-node`, `trie/root-missing`, `trie/bad-node`
 */
export function openStateProof(
  hash: (data: Uint8Array) => Uint8Array,
  stateRoot: Uint8Array,
  nodes: readonly Uint8Array[],
  limits: ProofLimits = defaultProofLimits,
): StateProof {
  checkSize(nodes, limits);
  const given = new NodeSet();
  for (const bytes of nodes) {
    const nodeHash = hash(bytes);
    if (!given.add(nodeHash, bytes)) throw new TrieError({ code: "trie/duplicate-node", hash: nodeHash });
  }
  if (equal(stateRoot, hash(emptyNode))) return new StateProof(undefined, given);
  const root = given.get(stateRoot);
  if (root === undefined) throw new TrieError({ code: "trie/root-missing", root: stateRoot.slice() });
  return new StateProof(follow(root, given), given);
}

function checkSize(nodes: readonly Uint8Array[], limits: ProofLimits): void {
  if (nodes.length > limits.nodes)
    throw new TrieError({ code: "trie/too-large", what: "nodes", limit: limits.nodes });
  let bytes = 0;
  for (const node of nodes) bytes += node.length;
  if (bytes > limits.bytes)
    throw new TrieError({ code: "trie/too-large", what: "bytes", limit: limits.bytes });
}

function follow(root: Given, given: NodeSet): DecodedNode {
  const node = decodeNode(root.bytes);
  root.node = node;
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) visit(next, given, open);
  return node;
}

/** Decodes what a node points at. Inlined children point at nothing: they are shorter than a hash. */
function visit(node: DecodedNode, given: NodeSet, open: DecodedNode[]): void {
  if (node.value?.kind === "hashed") {
    const value = given.get(node.value.hash);
    if (value !== undefined && value.bytes.length <= hashLength)
      throw new TrieError({ code: "trie/bad-node", reason: "short-hashed-value" });
  }
  for (const child of node.children) {
    const below = child?.kind === "hash" ? given.at(child.bytes, child.offset) : undefined;
    if (below === undefined || below.node !== undefined) continue;
    below.node = decodeNode(below.bytes);
    open.push(below.node);
  }
}
