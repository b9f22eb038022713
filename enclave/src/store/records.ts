/**
 * Stores the runtime's records as blobs of the gateway. A blob's key is the record's kind and a hash of its
 * name. The host thus learns the kind, and which calls concern the same record. A name that the host can
 * guess, such as a file's path, is not a secret.
 */
import type { Blob } from "@pruntime/api";
import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeAll, encode } from "@pruntime/core/scale";
import type { Effects, KeptRecord, StoredRecord } from "@pruntime/runtime";
import type { Sealer } from "./sealing.ts";

/** What is needed to seal records and to derive their keys. */
export interface RecordStore {
  readonly crypto: Pick<Crypto, "sha256">;
  readonly sealer: Sealer;
}

/** Blobs for the gateway to store and to forget, in one transaction. */
export interface SealedEffects {
  readonly puts: readonly Blob[];
  readonly drops: readonly string[];
}

/** Seals effects in order. If several concern the same record, the last one counts. */
export function sealEffects(store: RecordStore, effects: readonly Effects[]): SealedEffects {
  const last = new Map<string, KeptRecord | undefined>();
  for (const { puts, drops } of effects) {
    for (const record of puts) last.set(keyOf(store, record), record);
    for (const record of drops) last.set(keyOf(store, record), undefined);
  }
  const [puts, drops]: [Blob[], string[]] = [[], []];
  for (const [key, record] of last)
    if (record === undefined) drops.push(key);
    else puts.push({ key, bytes: store.sealer.seal(key, contentOf(record)) });
  return { puts, drops };
}

/** A record in its blob. */
export interface StoredBlob extends StoredRecord {
  readonly key: string;
}

/** The record in a blob, still sealed. The seal authenticates the key, and so the kind. */
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

/** The key of a record's blob: its kind and, if it has a name, `/` and the SHA-256 of the name in hex. */
function keyOf({ crypto }: RecordStore, { kind, name }: Omit<KeptRecord, "bytes">): string {
  return name === "" ? kind : `${kind}/${toHex(crypto.sha256(utf8(name)))}`;
}

/** The content that is sealed: `Vec name ‖ bytes`. */
function contentOf(record: KeptRecord): Uint8Array {
  return encode(record, (w, { name, bytes }) => w.vecU8(utf8(name)).raw(bytes));
}
