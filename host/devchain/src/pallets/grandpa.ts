/** GRANDPA's authorities, and the change from one set to the next. */
import { to0x } from "@pruntime/core/bytes";
import type { DigestItem } from "@pruntime/core/chain";
import {
  type Authority,
  decodeVersionedAuthorityList,
  encodeVersionedAuthorityList,
  grandpaDigestItem,
} from "@pruntime/core/grandpa";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import type { AuthorityChange } from "../consensus/changes.ts";
import type { Value } from "../frame/codec.ts";
import type { Events } from "../frame/events.ts";
import type { Pallet } from "../frame/pallet.ts";
import type { Storage } from "../frame/storage.ts";
import { type StorageItem, storageValue } from "../frame/storage-item.ts";

interface StoredPendingChange {
  readonly scheduled_at: number;
  readonly delay: number;
  readonly next_authorities: readonly Value[];
  readonly forced: number | undefined;
}

/** The announced change that has not been enacted yet. */
export const pendingChange: StorageItem<StoredPendingChange, []> = storageValue(
  "Grandpa",
  "PendingChange",
  "StoredPendingChange",
);

/** The id of the current authority set, counted from 0. */
export const currentSetId: StorageItem<bigint, []> = storageValue("Grandpa", "CurrentSetId", "u64", 0n);

/** The storage key of the current authority set. */
export type AuthoritiesKey = "Grandpa.Authorities" | ":grandpa_authorities";

/** The current set in runtimes since 2024: a list of `[id, weight]`. */
const authoritiesItem: StorageItem<readonly Value[], []> = storageValue(
  "Grandpa",
  "Authorities",
  "Vec<(GrandpaId, u64)>",
);

/** Makes the pallet for finality and its authorities. @param genesis the first authority set */
export function grandpa(genesis: readonly Authority[], key: AuthoritiesKey): Pallet {
  return {
    name: "Grandpa",
    index: 2,
    types: {
      GrandpaId: { path: "sp_consensus_grandpa::app::Public", fields: ["[u8; 32]"] },
      StoredPendingChange: {
        path: "pallet_grandpa::StoredPendingChange",
        fields: {
          scheduled_at: "u32",
          delay: "u32",
          next_authorities: "Vec<(GrandpaId, u64)>",
          forced: "Option<u32>",
        },
      },
    },
    events: { NewAuthorities: { authority_set: "Vec<(GrandpaId, u64)>" }, Paused: [], Resumed: [] },
    constants: { MaxAuthorities: ["u32", 32], MaxSetIdSessionEntries: ["u64", 0n] },
    storage: [pendingChange, currentSetId, ...(key === "Grandpa.Authorities" ? [authoritiesItem] : [])],
    genesis({ storage }) {
      if (key === ":grandpa_authorities")
        storage.putRaw(wellKnownKeys.grandpaAuthorities, encodeVersionedAuthorityList([]));
      putAuthorities(storage, 0n, genesis);
    },
  };
}

/** The current set, as a list of `[id, weight]`. */
export function currentAuthorities(storage: Storage): readonly Value[] {
  const old = storage.getRaw(wellKnownKeys.grandpaAuthorities);
  return old === undefined ? storage.get(authoritiesItem) : decodeVersionedAuthorityList(old).map(stored);
}

/**
 * Announces in block `number` that the authorities `next` replace the current set after `delay` blocks.
 * Returns the digest item of the announcement.
 */
export function announceChange(
  storage: Storage,
  number: number,
  { delay, medianLastFinalized: forced }: AuthorityChange,
  next: readonly Authority[],
): DigestItem {
  const next_authorities = next.map(stored);
  storage.put(pendingChange, { scheduled_at: number, delay, next_authorities, forced });
  return grandpaDigestItem(
    forced === undefined
      ? { kind: "scheduled-change", nextAuthorities: next, delay }
      : { kind: "forced-change", medianLastFinalized: forced, nextAuthorities: next, delay },
  );
}

/**
 * Enacts the pending change if block `number` is the last block of the old set. The authorities and the set
 * id change together.
 * @returns whether a change was enacted
 */
export function enactChange(
  storage: Storage,
  events: Events,
  number: number,
  nextSetId: bigint,
  next: readonly Authority[],
): boolean {
  if (!storage.has(pendingChange)) return false;
  const { scheduled_at, delay } = storage.get(pendingChange);
  if (scheduled_at + delay !== number) return false;
  storage.delete(pendingChange);
  putAuthorities(storage, nextSetId, next);
  events.deposit("Grandpa", "NewAuthorities", { authority_set: next.map(stored) });
  return true;
}

/** Replaces the set under the key that the chain has used since its genesis. */
function putAuthorities(storage: Storage, setId: bigint, authorities: readonly Authority[]): void {
  const old = wellKnownKeys.grandpaAuthorities;
  if (storage.getRaw(old) === undefined) storage.put(authoritiesItem, authorities.map(stored));
  else storage.putRaw(old, encodeVersionedAuthorityList(authorities));
  storage.put(currentSetId, setId);
}

function stored({ id, weight }: Authority): Value {
  return [to0x(id), weight];
}
