/** Which orders may name a file. */
import { equal } from "@pruntime/core/bytes";
import { type FileKind, paddedLength } from "@pruntime/core/channel";

/** The bytes of a file, and its seal. */
export interface SealedOrClear {
  readonly bytes: Uint8Array;
  /** `undefined` for a file in clear. */
  readonly seal: FileSeal | undefined;
}

/** Who sealed a file, and for what. A file without a seal is in clear: it belongs to no account. */
export interface FileSeal {
  readonly kind: FileKind;
  /** The account that sealed the file, 32 bytes. */
  readonly owner: Uint8Array;
  /** The key that seals the results of a query file to its owner, 32 bytes. */
  readonly resultKey: Uint8Array;
}

/** Whether an item or order of this account may name a file as its dataset or query file. */
export function mayName(seal: FileSeal | undefined, kind: FileKind, account: Uint8Array): boolean {
  return seal === undefined || (seal.kind === kind && equal(seal.owner, account));
}

/**
 * The length as which a file counts. A sealed file counts with its padding, because limits and turns would
 * otherwise tell its exact length.
 */
export function countedBytes({ bytes, seal }: SealedOrClear): number {
  return seal === undefined ? bytes.length : paddedLength(bytes.length);
}

/** Whether the same items and orders may name two files. */
export function sameNamers(a: FileSeal | undefined, b: FileSeal | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return mayName(a, b.kind, b.owner);
}
