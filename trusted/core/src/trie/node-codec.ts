/**
 * The encoding of one trie node.
 *
 * `header ‖ partial key ‖ [child bitmap u16] ‖ [value: compact length ‖ bytes, or its hash(32)] ‖
 * children: compact length ‖ reference`
 * where a reference is the child's encoding if that is shorter than 32 bytes, and its hash otherwise.
 * @see https://spec.polkadot.network/chap-state#defn-node-header
 */
import { CodecError, Reader } from "../scale/index.ts";
import { type BadNode, TrieError } from "./error.ts";
import { type Nibbles, nibbleAt } from "./nibbles.ts";

/** The value of a node: its bytes or its hash. */
export type NodeValue =
  | { readonly kind: "inline"; readonly bytes: Uint8Array }
  /** In state version 1, a long value is replaced by its hash. */
  | { readonly kind: "hashed"; readonly hash: Uint8Array };

/** A node in the form that {@link encodeNode} accepts. */
export interface EncodableNode {
  readonly partial: Nibbles;
  readonly value: NodeValue | undefined;
  /** The references of the children by nibble: 16 places, or none for a leaf. */
  readonly children: readonly (Uint8Array | undefined)[];
}

/** A decoded node. Its byte strings are views of the encoding. */
export interface DecodedNode {
  /** The encoding. */
  readonly bytes: Uint8Array;
  readonly partial: Nibbles;
  readonly value: NodeValue | undefined;
  readonly children: readonly (DecodedChild | undefined)[];
}

/**
 * A child of a decoded node: an inlined child, which is decoded together with its parent, or the offset of
 * the child's hash in the parent's bytes. No object is made for a hash, because most children are never
 * visited.
 */
export type DecodedChild = DecodedNode | number;

/** The encoding of an empty trie. */
export const emptyNode: Uint8Array = Uint8Array.of(0);

/**
 * The length of a hash, in bytes. A parent stores only the hash of a child whose encoding is at least this
 * long. In state version 1, a node stores only the hash of a value that is longer than this.
 */
export const hashLength = 32;

/**
 * The partial key of a trie's node.
 * @limit nibbles
 * @source Substrate: it stores the length in 16 bits
 * @past `trie/bad-node` or `trie/key-too-long`
 */
export const mostNibbles = 0xffff;

interface Shape {
  readonly tag: number;
  /** One more than the largest partial length that fits the header byte. */
  readonly lengthMask: number;
  readonly branch: boolean;
  readonly value: NodeValue["kind"] | undefined;
}

const leaf: Shape = { tag: 0x40, lengthMask: 0x3f, branch: false, value: "inline" };
const bareBranch: Shape = { tag: 0x80, lengthMask: 0x3f, branch: true, value: undefined };
const branch: Shape = { tag: 0xc0, lengthMask: 0x3f, branch: true, value: "inline" };
const hashedLeaf: Shape = { tag: 0x20, lengthMask: 0x1f, branch: false, value: "hashed" };
const hashedBranch: Shape = { tag: 0x10, lengthMask: 0x0f, branch: true, value: "hashed" };

function shapeOfHeader(header: number): Shape {
  if (header >= 0xc0) return branch;
  if (header >= 0x80) return bareBranch;
  if (header >= 0x40) return leaf;
  if (header >= 0x20) return hashedLeaf;
  if (header >= 0x10) return hashedBranch;
  throw bad(header === 0 ? "empty-below-root" : "reserved-header");
}

function shapeOfNode(node: EncodableNode): Shape {
  const hashed = node.value?.kind === "hashed";
  if (node.children.length === 0) return hashed ? hashedLeaf : leaf;
  if (node.value === undefined) return bareBranch;
  return hashed ? hashedBranch : branch;
}

/**
 * Encodes a node. Computes the size first and allocates only once, because every node of a state is encoded.
 */
export function encodeNode(node: EncodableNode): Uint8Array {
  const shape = shapeOfNode(node);
  const { start, end } = node.partial;
  const bytes = new Uint8Array(encodedLength(node, shape));
  let at = putHeader(bytes, shape, end - start);
  at = putPartial(bytes, at, node.partial);
  if (shape.branch) {
    let bitmap = 0;
    for (let i = 0; i < 16; i++) if (node.children[i] !== undefined) bitmap |= 1 << i;
    bytes[at++] = bitmap & 0xff;
    bytes[at++] = bitmap >> 8;
  }
  if (node.value !== undefined)
    at =
      node.value.kind === "hashed"
        ? put(bytes, at, node.value.hash)
        : putWithLength(bytes, at, node.value.bytes);
  for (const child of node.children) if (child !== undefined) at = putWithLength(bytes, at, child);
  return bytes;
}

function encodedLength(node: EncodableNode, shape: Shape): number {
  const nibbles = node.partial.end - node.partial.start;
  let length = 1 + ((nibbles + 1) >> 1);
  if (nibbles >= shape.lengthMask) length += 1 + Math.floor((nibbles - shape.lengthMask) / 255);
  if (shape.branch) length += 2;
  if (node.value !== undefined)
    length +=
      node.value.kind === "hashed"
        ? hashLength
        : compactLength(node.value.bytes.length) + node.value.bytes.length;
  for (const child of node.children) if (child !== undefined) length += 1 + child.length;
  return length;
}

function putHeader(bytes: Uint8Array, shape: Shape, nibbles: number): number {
  bytes[0] = shape.tag | Math.min(nibbles, shape.lengthMask);
  if (nibbles < shape.lengthMask) return 1;
  let at = 1;
  let rest = nibbles - shape.lengthMask;
  for (; rest >= 255; rest -= 255) bytes[at++] = 255;
  bytes[at++] = rest;
  return at;
}

function putPartial(bytes: Uint8Array, offset: number, partial: Nibbles): number {
  let at = offset;
  let i = partial.start;
  if (((partial.end - i) & 1) === 1) bytes[at++] = nibbleAt(partial.bytes, i++);
  if ((i & 1) === 0) for (; i < partial.end; i += 2) bytes[at++] = partial.bytes[i >> 1] as number;
  else
    for (; i < partial.end; i += 2)
      bytes[at++] = (nibbleAt(partial.bytes, i) << 4) | nibbleAt(partial.bytes, i + 1);
  return at;
}

function put(bytes: Uint8Array, at: number, part: Uint8Array): number {
  bytes.set(part, at);
  return at + part.length;
}

function putWithLength(bytes: Uint8Array, offset: number, part: Uint8Array): number {
  const { length } = part;
  let at = offset;
  const size = compactLength(length);
  if (size === 5) bytes[at++] = 3;
  let rest = size === 1 ? length * 4 : size === 2 ? length * 4 + 1 : size === 4 ? length * 4 + 2 : length;
  for (const end = offset + size; at < end; rest = Math.floor(rest / 256)) bytes[at++] = rest & 0xff;
  return put(bytes, at, part);
}

function compactLength(length: number): number {
  if (length < 1 << 6) return 1;
  if (length < 1 << 14) return 2;
  return length < 1 << 30 ? 4 : 5;
}

/**
 * Decodes bytes that are exactly one node, other than the empty node. Values, hashes and partial keys are
 * views of the bytes.
 * @throws {@link TrieError} `trie/bad-node` if the bytes are not the canonical encoding of such a node
 */
export function decodeNode(bytes: Uint8Array): DecodedNode {
  try {
    return readNode(bytes);
  } catch (cause) {
    if (cause instanceof CodecError)
      throw new TrieError({ code: "trie/bad-node", reason: "malformed" }, { cause });
    throw cause;
  }
}

/**
 * Recurses only into inlined children, each of which is shorter than 32 bytes and shorter than its parent.
 */
function readNode(bytes: Uint8Array): DecodedNode {
  const r = new Reader(bytes);
  const header = r.u8();
  const shape = shapeOfHeader(header);
  const partial = readPartial(r, readPartialLength(r, header & shape.lengthMask, shape.lengthMask));
  const bitmap = shape.branch ? r.u16() : 0;
  if (shape.branch && (bitmap === 0 || (shape.value === undefined && (bitmap & (bitmap - 1)) === 0)))
    throw bad("too-few-children");
  const value = readValue(r, shape);
  const children: (DecodedChild | undefined)[] = [];
  if (shape.branch)
    for (let i = 0; i < 16; i++) children.push(((bitmap >> i) & 1) === 1 ? readChild(r) : undefined);
  r.end();
  return { bytes, partial, value, children };
}

function readPartialLength(r: Reader, inHeader: number, mask: number): number {
  let length = inHeader;
  if (length < mask) return length;
  for (;;) {
    const more = r.u8();
    length += more;
    if (length > mostNibbles) throw bad("partial-too-long");
    if (more < 255) return length;
  }
}

function readPartial(r: Reader, length: number): Nibbles {
  const bytes = r.take((length + 1) >> 1);
  const start = length & 1;
  if (start === 1 && (bytes[0] as number) > 15) throw bad("padding");
  return { bytes, start, end: start + length };
}

function readValue(r: Reader, shape: Shape): NodeValue | undefined {
  if (shape.value === undefined) return undefined;
  return shape.value === "hashed"
    ? { kind: "hashed", hash: r.take(hashLength) }
    : { kind: "inline", bytes: r.vecU8() };
}

function readChild(r: Reader): DecodedChild {
  if (r.bytes[r.offset] === hashAhead) {
    r.skip(1 + hashLength);
    return r.offset - hashLength;
  }
  const length = r.count(1);
  if (length === 0 || length > hashLength) throw bad("child-length");
  return readNode(r.take(length));
}

/** The compact length of a hash, in its only canonical form. */
const hashAhead = 4 * hashLength;

function bad(reason: BadNode): TrieError {
  return new TrieError({ code: "trie/bad-node", reason });
}
