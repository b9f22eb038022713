import { fixed32 } from "../chain/index.ts";
import { decodeAll, encode, type Reader, type Writer } from "../scale/index.ts";

/** One GRANDPA voter and its weight. */
export interface Authority {
  /** ed25519 public key, 32 bytes. */
  readonly id: Uint8Array;
  readonly weight: bigint;
}

/** The voters for one range of blocks. The set id counts the changes of the set since genesis. */
export interface AuthoritySet {
  readonly setId: bigint;
  readonly authorities: readonly Authority[];
}

/**
 * The length of one encoded authority, in bytes.
 * @format
 */
const authorityBytes = 40;

/**
 * Reads a `Vec<([u8; 32], u64)>`; ids are views of the input.
 * @throws CodecError
 */
export function readAuthorityList(r: Reader): Authority[] {
  return r.vec(authorityBytes, (r) => ({ id: r.take(32), weight: r.u64() }));
}

/**
 * Writes a `Vec<([u8; 32], u64)>`.
 * @throws CodecError `codec/out-of-range`
 */
export function writeAuthorityList(w: Writer, authorities: readonly Authority[]): void {
  w.vec(authorities, (w, { id, weight }) => w.raw(fixed32(id)).u64(weight));
}

/**
 * Decodes the storage value of `Grandpa.Authorities`.
 * @throws CodecError
 */
export function decodeAuthorityList(bytes: Uint8Array): Authority[] {
  return decodeAll(bytes, readAuthorityList);
}

/**
 * The storage value of `Grandpa.Authorities`, in SCALE.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeAuthorityList(authorities: readonly Authority[]): Uint8Array {
  return encode(authorities, writeAuthorityList);
}

/**
 * Decodes the value of `:grandpa_authorities`: the version byte 1, followed by the list.
 * @throws CodecError `codec/bad-tag` for a version byte other than 1
 */
export function decodeVersionedAuthorityList(bytes: Uint8Array): Authority[] {
  return decodeAll(bytes, (r) => {
    const version = r.u8();
    if (version !== 1) throw r.badTag("VersionedAuthorityList", version);
    return readAuthorityList(r);
  });
}

/**
 * The value of `:grandpa_authorities`: the version byte 1, followed by the list.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeVersionedAuthorityList(authorities: readonly Authority[]): Uint8Array {
  return encode(authorities, (w, list) => writeAuthorityList(w.u8(1), list));
}
