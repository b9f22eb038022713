import { equal } from "../bytes/index.ts";
import { type DecodedNode, hashLength } from "./node-codec.ts";

/** One byte string of a proof: a node, or a value that a node names by its hash. */
export interface Given {
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  /** The decoded node; `undefined` until the reader of the proof has decoded the bytes as a node. */
  node: DecodedNode | undefined;
}

/**
 * The byte strings of a proof, by their hashes. A reader looks up every child of a node, and a proof lacks
 * most children. For a fast lookup, the map's keys are only the first six bytes of each hash. Byte strings
 * whose hashes start with the same six bytes form a list, in which the whole hash is compared.
 */
export class NodeSet {
  readonly #byPrefix = new Map<number, Given[]>();

  /** Adds a byte string. Returns whether its hash was new. */
  add(hash: Uint8Array, bytes: Uint8Array): boolean {
    const prefix = prefixOf(hash, 0);
    const row = this.#byPrefix.get(prefix);
    const given = { hash, bytes, node: undefined };
    if (row === undefined) this.#byPrefix.set(prefix, [given]);
    else if (row.some((other) => equal(other.hash, hash))) return false;
    else row.push(given);
    return true;
  }

  get(hash: Uint8Array): Given | undefined {
    return hash.length === hashLength ? this.at(hash, 0) : undefined;
  }

  /** Looks up the hash at `offset` in `bytes`. */
  at(bytes: Uint8Array, offset: number): Given | undefined {
    const row = this.#byPrefix.get(prefixOf(bytes, offset));
    if (row !== undefined) for (const given of row) if (standsAt(given.hash, bytes, offset)) return given;
    return undefined;
  }
}

function standsAt(hash: Uint8Array, bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < hash.length; i++) if (hash[i] !== bytes[offset + i]) return false;
  return true;
}

function prefixOf(bytes: Uint8Array, offset: number): number {
  return u24(bytes, offset) * 0x1000000 + u24(bytes, offset + 3);
}

function u24(hash: Uint8Array, at: number): number {
  return ((hash[at] as number) << 16) | ((hash[at + 1] as number) << 8) | (hash[at + 2] as number);
}
