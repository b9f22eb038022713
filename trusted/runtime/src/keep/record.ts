/**
 * The data that survives a restart. The runtime emits plain records, the enclave seals them into blobs, the
 * gateway stores the blobs, and the next start restores the records (restore.ts).
 */

/** A record, unsealed. */
export interface KeptRecord {
  /** The name of the {@link RecordKind}. */
  readonly kind: string;
  /** Distinguishes records of one kind. Empty for kinds of which a worker has only one record. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The records that the host must store and delete, in one transaction, before it returns the answer. */
export interface Effects {
  /** Records to store. A record replaces a stored record with the same kind and name. */
  readonly puts: readonly KeptRecord[];
  /** Records to delete. */
  readonly drops: readonly Omit<KeptRecord, "bytes">[];
}

/** A kind of record, with its codec. */
export interface RecordKind<T> {
  readonly kind: string;
  readonly write: (value: T) => Omit<KeptRecord, "kind">;
  /** @throws CodecError, BytesError */
  readonly read: (record: KeptRecord) => T;
}

/** Encodes a value as a record of its kind, for {@link Effects}. */
export function recordOf<T>({ kind, write }: RecordKind<T>, value: T): KeptRecord {
  return { kind, ...write(value) };
}
