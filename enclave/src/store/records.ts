/**
 * Stores the runtime's records as blobs in the gateway. A blob's key consists of the record's kind and a
 * hash of the record's name. From the keys, the host learns the kinds, and which calls concern the same
 * record. If the host can guess a name, such as a file's path, the name is not secret.
 */
import type { Blob } from "@pruntime/api";
import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeAll, encode } from "@pruntime/core/scale";
import { forEach, type Work } from "@pruntime/core/work";
import type { Effects, KeptRecord, StoredRecord } from "@pruntime/runtime";
import type { Sealer } from "./sealing.ts";

/** What is needed to seal records and to derive the keys of their blobs. */
export interface RecordStore {
  readonly crypto: Pick<Crypto, "sha256">;
  readonly sealer: Sealer;
}

/** Sealed blobs for the gateway to store, by key. `undefined` stands for a blob to delete. */
export type SealedEffects = ReadonlyMap<string, Uint8Array | undefined>;

/** Seals the effects of an event, one record in each unit. Of a record put twice, only the last is kept. */
export function* sealEffects(store: RecordStore, { puts, drops }: Effects): Work<SealedEffects> {
  const sealed = new Map<string, Uint8Array | undefined>();
  yield* forEach(puts, 1, (record) => {
    const key = keyOf(store, record);
    sealed.set(key, store.sealer.seal(key, contentOf(record)));
  });
  for (const record of drops) sealed.set(keyOf(store, record), undefined);
  return sealed;
}

/** The blobs to store. */
export function putsOf(sealed: SealedEffects): Blob[] {
  return [...sealed].flatMap(([key, bytes]) => (bytes === undefined ? [] : [{ key, bytes }]));
}

/** The keys of the blobs to delete. */
export function dropsOf(sealed: SealedEffects): string[] {
  return [...sealed].flatMap(([key, bytes]) => (bytes === undefined ? [key] : []));
}

/** A stored record, with the key of its blob. */
export interface StoredBlob extends StoredRecord {
  readonly key: string;
}

/** Returns the record in a blob, still sealed. The seal authenticates the key, and therefore the kind. */
export function storedIn({ sealer }: RecordStore, { key, bytes: sealed }: Blob): StoredBlob {
  const [kind = ""] = key.split("/");
  return {
    kind,
    key,
    open: () =>
      decodeAll(sealer.open(key, sealed), (r) => ({
        kind,
        name: fromUtf8(r.vecU8()),
        bytes: r.take(r.left).slice(),
      })),
  };
}

/**
 * Returns the key of a record's blob: the record's kind and, if the record has a name, `/` and the SHA-256 of
 * the name in hex.
 */
function keyOf({ crypto }: RecordStore, { kind, name }: Omit<KeptRecord, "bytes">): string {
  return name === "" ? kind : `${kind}/${toHex(crypto.sha256(utf8(name)))}`;
}

/** Returns the content to seal: `Vec name ‖ bytes`. */
function contentOf(record: KeptRecord): Uint8Array {
  return encode(record, (w, { name, bytes }) => w.vecU8(utf8(name)).raw(bytes));
}
