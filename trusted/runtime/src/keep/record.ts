/**
 * What outlasts a restart. The runtime emits records in plain form, the enclave seals and names them, the
 * gateway stores them, and the next start restores them (restore.ts). /
 */

/** A record in plain form. */
export interface KeptRecord {
  /** The name of its {@link RecordKind}. */
  readonly kind: string;
  /** Which record of its kind it is; empty for kinds of which a worker has one. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the host must store and forget before it passes an answer on: all of it or nothing. */
export interface Effects {
  /** Records to store, each in place of the one with the same kind and name. */
  readonly puts: readonly KeptRecord[];
  /** Records to forget. */
  readonly drops: readonly Omit<KeptRecord, "bytes">[];
}

/** The one codec of a kind of record. */
export interface RecordKind<T> {
  readonly kind: string;
  readonly write: (value: T) => Omit<KeptRecord, "kind">;
  /** @throws CodecError, BytesError */
  readonly read: (record: KeptRecord) => T;
}

/** Encodes a value by its kind, for {@link Effects}. */
export function recordOf<T>({ kind, write }: RecordKind<T>, value: T): KeptRecord {
  return { kind, ...write(value) };
}
