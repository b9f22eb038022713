/**
 * Reads parts of a state from nodes that an untrusted sender supplies. Only the state's root is trusted. The
 * reader uses only nodes that it can reach by hash from this root, and ignores all others. The order of the
 * nodes does not matter.
 */
import { equal } from "../bytes/index.ts";
import { bytesPerUnit, complete, type Work } from "../work/index.ts";
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

/** The largest proof that a reader accepts. */
export interface ProofLimits {
  readonly nodes: number;
  /** The total length of all nodes, in bytes. */
  readonly bytes: number;
}

/**
 * A storage proof.
 * @limit nodes, bytes
 * @source Polkadot: suffices for a proof of a runtime's whole code. A proof of events needs far less
 * @past `trie/too-large`
 */
export const defaultProofLimits: ProofLimits = { nodes: 65_536, bytes: 16 * 1024 * 1024 };

/** Part of a state, proven against its root. Only {@link openStateProof} creates proofs. */
export class StateProof {
  readonly #root: DecodedNode | undefined;
  readonly #given: NodeSet;

  /** @param root the root node, or `undefined` for an empty state */
  constructor(root: DecodedNode | undefined, given: NodeSet) {
    this.#root = root;
    this.#given = given;
  }

  /**
   * The value at `key`, as a view of the proof. Returns `undefined` if the proof shows that there is no
   * value.
   * @throws {@link TrieError} `trie/incomplete-proof` if the proof shows neither a value nor its absence
   */
  read(key: Uint8Array): Uint8Array | undefined {
    const found = this.#find(key);
    if (found.kind === "missing") throw new TrieError({ code: "trie/incomplete-proof", missing: found.hash });
    return found.value;
  }

  /**
   * Returns whether the state has a value at `key`. The value itself may be missing from the proof.
   * @throws {@link TrieError} `trie/incomplete-proof` if the proof does not show whether there is a value
   */
  has(key: Uint8Array): boolean {
    const found = this.#locate(key);
    if (found.kind === "missing") throw new TrieError({ code: "trie/incomplete-proof", missing: found.hash });
    return found.value !== undefined;
  }

  /** Returns whether the proof shows a value at `key` or its absence. If not, `read` throws. */
  covers(key: Uint8Array): boolean {
    return this.#find(key).kind === "known";
  }

  #find(key: Uint8Array): Found {
    const place = this.#locate(key);
    return place.kind === "missing" ? place : this.#value(place.value);
  }

  /** Finds the value at `key` as the node stores it: the bytes, or only the hash of the bytes. */
  #locate(key: Uint8Array): Place {
    let node = this.#root;
    for (let at = 0; node !== undefined; at++) {
      if (!hasRunAt(key, at, node.partial)) return nothing;
      at += node.partial.end - node.partial.start;
      if (at === 2 * key.length) return { kind: "known", value: node.value };
      const child: DecodedChild | undefined = node.children[nibbleAt(key, at)];
      if (typeof child !== "number") node = child;
      else {
        const { bytes }: DecodedNode = node;
        node = this.#given.at(bytes, child)?.node;
        if (node === undefined) return { kind: "missing", hash: bytes.subarray(child, child + hashLength) };
      }
    }
    return nothing;
  }

  #value(value: NodeValue | undefined): Found {
    if (value?.kind !== "hashed") return { kind: "known", value: value?.bytes };
    const bytes = this.#given.get(value.hash)?.bytes;
    return bytes === undefined ? { kind: "missing", hash: value.hash } : { kind: "known", value: bytes };
  }
}

/**
 * What the proof shows for a key: the value, `undefined` if the state has no value at the key, or the hash of
 * the node or value that the proof lacks.
 */
type Shown<T> =
  | { readonly kind: "known"; readonly value: T | undefined }
  | { readonly kind: "missing"; readonly hash: Uint8Array };
type Place = Shown<NodeValue>;
type Found = Shown<Uint8Array>;

const nothing: Place = { kind: "known", value: undefined };

/**
 * Opens a proof. Starts at the trusted root and decodes all nodes that can be reached from it, each of them
 * only once. If the state is empty, the proof needs no nodes.
 * @throws {@link TrieError} `trie/too-large`, `trie/duplicate-node`, `trie/root-missing`, `trie/bad-node`
 */
export function openStateProof(...input: Parameters<typeof openStateProofWork>): StateProof {
  return complete(openStateProofWork(...input));
}

/** Does what {@link openStateProof} does, in units. @throws as {@link openStateProof} */
export function* openStateProofWork(
  hash: (data: Uint8Array) => Uint8Array,
  stateRoot: Uint8Array,
  nodes: readonly Uint8Array[],
  limits: ProofLimits = defaultProofLimits,
): Work<StateProof> {
  checkSize(nodes, limits);
  const given = new NodeSet();
  let left = bytesPerUnit;
  for (const bytes of nodes) {
    const nodeHash = hash(bytes);
    if (!given.add(nodeHash, bytes)) throw new TrieError({ code: "trie/duplicate-node", hash: nodeHash });
    left -= costOfNode + bytes.length;
    if (left > 0) continue;
    yield;
    left = bytesPerUnit;
  }
  if (equal(stateRoot, hash(emptyNode))) return new StateProof(undefined, given);
  const root = given.get(stateRoot);
  if (root === undefined) throw new TrieError({ code: "trie/root-missing", root: stateRoot.slice() });
  return new StateProof(yield* follow(root, given), given);
}

/** Each node counts this many bytes more than it has, so that a unit has a limited number of small nodes. */
const costOfNode = 256;

/**
 * The nodes of a proof whose children are decoded in one unit of work.
 * @limit nodes
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
const nodesPerUnit = 256;

function checkSize(nodes: readonly Uint8Array[], limits: ProofLimits): void {
  if (nodes.length > limits.nodes)
    throw new TrieError({ code: "trie/too-large", what: "nodes", limit: limits.nodes });
  let bytes = 0;
  for (const node of nodes) bytes += node.length;
  if (bytes > limits.bytes)
    throw new TrieError({ code: "trie/too-large", what: "bytes", limit: limits.bytes });
}

function* follow(root: Given, given: NodeSet): Work<DecodedNode> {
  const node = decodeNode(root.bytes);
  root.node = node;
  const open = [node];
  let left = nodesPerUnit;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    visit(next, given, open);
    if (--left > 0) continue;
    yield;
    left = nodesPerUnit;
  }
  return node;
}

/**
 * Decodes the children that `node` names by hash. If `node` names its value by hash, checks that the value is
 * long enough to be hashed. Skips inlined children: they are shorter than a hash and cannot contain one.
 */
function visit(node: DecodedNode, given: NodeSet, open: DecodedNode[]): void {
  if (node.value?.kind === "hashed") {
    const value = given.get(node.value.hash);
    if (value !== undefined && value.bytes.length <= hashLength)
      throw new TrieError({ code: "trie/bad-node", reason: "short-hashed-value" });
  }
  for (const child of node.children) {
    if (typeof child !== "number") continue;
    const below = given.at(node.bytes, child);
    if (below === undefined || below.node !== undefined) continue;
    below.node = decodeNode(below.bytes);
    open.push(below.node);
  }
}
