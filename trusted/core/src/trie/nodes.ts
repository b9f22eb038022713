/**
 * The nodes of a trie that are not in memory. A store has their encodings by hash. The store is not trusted:
 * a node that has another hash is refused. A stored trie has only values of 32 bytes or more, so that each
 * node has a hash, and only values that differ, so that no two nodes are equal. A node that an edit removes
 * is therefore nowhere else in the trie, and can be dropped.
 */
import { equal } from "../bytes/index.ts";
import { forEach, type Work } from "../work/index.ts";
import { nibbleAt } from "./nibbles.ts";
import { type Child, nodesPerUnit, TrieNode } from "./node.ts";
import { type DecodedNode, decodeNode, HashedChild, type NodeValue } from "./node-codec.ts";
import { StoreError } from "./store-error.ts";

/** Has the nodes of one trie. What it returns is checked. */
export interface NodeStore {
  /** Returns the encoding of the node with this hash, or `undefined` if the store does not have it. */
  node(hash: Uint8Array): Uint8Array | undefined;
  putNode(hash: Uint8Array, encoding: Uint8Array): void;
  dropNode(hash: Uint8Array): void;
}

/** What an edit needs to know and to tell of nodes. */
export interface Nodes {
  /**
   * The child at a nibble, if there is one.
   * @throws {@link StoreError} `store/missing-record`, `store/altered-record`
   */
  child(parent: TrieNode, nibble: number): TrieNode | undefined;
  /** Takes note of a node that the edited trie no longer has. */
  retire(node: TrieNode | undefined): void;
}

/** For a trie whose nodes are all in memory. */
export const inMemory: Nodes = {
  child: (parent, nibble) => parent.children[nibble] as TrieNode | undefined,
  retire: () => undefined,
};

/** The stored nodes that one edit of a trie removed, after those that the edits before it removed. */
export class Retired implements Nodes {
  /** The hashes of the nodes. */
  readonly hashes: Uint8Array[] = [];
  readonly earlier: Retired | undefined;
  readonly #stored: StoredNodes;

  constructor(stored: StoredNodes, earlier: Retired | undefined) {
    this.#stored = stored;
    this.earlier = earlier;
  }

  child(parent: TrieNode, nibble: number): TrieNode | undefined {
    return this.#stored.child(parent, nibble);
  }

  retire(node: TrieNode | undefined): void {
    if (node?.isStored === true) this.hashes.push(node.reference as Uint8Array);
  }
}

/** The memory that a node needs on average, in bytes (measured: 700). */
const bytesPerNode = 768;

/**
 * The nodes of a store. A node that was read or made stays in memory, as the child of its parent, while it is
 * used. Each node has the age in which it was used last.
 */
export class StoredNodes {
  readonly hash: (data: Uint8Array) => Uint8Array;
  readonly #store: NodeStore;
  /** How many nodes may stay in memory. */
  readonly #most: number;
  /** The age of the nodes that are used now. */
  #age = 1;
  /** How many nodes were read or made in this age. */
  #added = 0;

  /** @param cacheBytes the memory for nodes */
  constructor(hash: (data: Uint8Array) => Uint8Array, store: NodeStore, cacheBytes: number) {
    this.hash = hash;
    this.#store = store;
    this.#most = Math.floor(cacheBytes / bytesPerNode);
  }

  /** The child at a nibble. @throws {@link StoreError} `store/missing-record`, `store/altered-record` */
  child(parent: TrieNode, nibble: number): TrieNode | undefined {
    let child = parent.children[nibble];
    if (child === undefined) return undefined;
    if (child instanceof HashedChild) {
      child = this.#read(child, parent, nibble);
      (parent.children as Child[])[nibble] = child;
    }
    if (child.isStored) child.age = this.#age;
    return child;
  }

  /** Reads the root of a trie. @throws {@link StoreError} as {@link child} */
  top(root: HashedChild): TrieNode {
    return this.#read(root, undefined, 0);
  }

  /**
   * Changes the store in units, so that it has the nodes of a trie whose root is computed: drops the nodes
   * that edits removed, and puts those that edits made. If an edit made a node again, it is put after it was
   * dropped.
   */
  *writing(root: TrieNode | undefined, retired: Retired | undefined): Work<void> {
    const store = this.#store;
    for (let edit = retired; edit !== undefined; edit = edit.earlier)
      yield* forEach(edit.hashes, nodesPerUnit, (hash) => store.dropNode(hash));
    yield* forEach(madeBelow(root), nodesPerUnit, (node) => {
      store.putNode(node.reference as Uint8Array, node.encoding as Uint8Array);
      node.encoding = undefined;
      node.age = this.#age;
      this.#added++;
    });
  }

  /**
   * Ends an age after half as many nodes as may be in memory were read or made in it. Those below a stored
   * root that were not used in this age leave the memory; if too many are left, all leave.
   */
  *tidying(root: TrieNode | undefined): Work<void> {
    if (root === undefined || this.#added <= this.#most / 2) return;
    const left = yield* remove(root, this.#age++);
    if (left > this.#most) yield* remove(root, this.#age);
    this.#added = 0;
  }

  #read(named: HashedChild, parent: TrieNode | undefined, nibble: number): TrieNode {
    const name = named.hash.slice();
    const encoding = this.#store.node(name);
    if (encoding === undefined) throw new StoreError({ code: "store/missing-record", name });
    const decoded = equal(this.hash(encoding), name) ? decodeNode(encoding) : undefined;
    if (decoded === undefined || !isStorable(decoded))
      throw new StoreError({ code: "store/altered-record", name });
    const node = nodeAt(decoded, parent, nibble);
    node.reference = name;
    node.age = this.#age;
    this.#added++;
    return node;
  }
}

/** The nodes from `root` on that are not stored. Each comes before the nodes below it. */
function* madeBelow(root: TrieNode | undefined): Generator<TrieNode, void> {
  const open = root === undefined || root.isStored ? [] : [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const child of node.children) if (child instanceof TrieNode && !child.isStored) open.push(child);
    yield node;
  }
}

/** Removes the nodes below `root` whose age is not `age`, in units. Returns the number of those that stay. */
function* remove(root: TrieNode, age: number): Work<number> {
  const open = [root];
  let stay = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const children = node.children as Child[];
    for (let i = 0; i < children.length; i++) {
      const child = children[i];
      if (!(child instanceof TrieNode)) continue;
      if (child.age === age) open.push(child);
      else children[i] = new HashedChild(child.reference as Uint8Array, 0);
    }
    if (++stay % nodesPerUnit === 0) yield;
  }
  return stay;
}

/** A node of a stored trie: it has all of its value, and no node inside it. */
type StorableNode = DecodedNode & {
  readonly value: Extract<NodeValue, { kind: "inline" }> | undefined;
  readonly children: readonly (HashedChild | undefined)[];
};

function isStorable(node: DecodedNode): node is StorableNode {
  return node.value?.kind !== "hashed" && node.children.every((child) => child?.kind !== "inline");
}

/** Gives a decoded node the whole path to it, as the child of `parent` at `nibble`. */
function nodeAt(
  { partial, value, children }: StorableNode,
  parent: TrieNode | undefined,
  nibble: number,
): TrieNode {
  const start = parent === undefined ? 0 : parent.end + 1;
  const end = start + partial.end - partial.start;
  const path = new Uint8Array((end + 1) >> 1);
  if (parent !== undefined) {
    path.set(parent.path.subarray(0, (parent.end + 1) >> 1));
    setNibble(path, parent.end, nibble);
  }
  for (let i = start; i < end; i++) setNibble(path, i, nibbleAt(partial.bytes, partial.start + i - start));
  return new TrieNode(path, start, end, value?.bytes, children);
}

function setNibble(bytes: Uint8Array, index: number, nibble: number): void {
  const at = index >> 1;
  bytes[at] = (index & 1) === 0 ? nibble << 4 : ((bytes[at] as number) & 0xf0) | nibble;
}
