/**
 * Sets the time of blocks with the only inherent, `Timestamp.set`, which is the first extrinsic of every
 * block.
 */
import { decodeAll, encode, readCompact } from "@pruntime/core/scale";
import type { Pallet } from "../frame/pallet.ts";
import { type StorageItem, storageValue } from "../frame/storage-item.ts";

const [bareVersion, palletIndex, setCall] = [4, 1, 0];

/** The time of the block, in Unix milliseconds. */
export const now: StorageItem<bigint, []> = storageValue("Timestamp", "Now", "u64", 0n);

/** The weight of the inherent, in picoseconds. */
export const inherentWeight = 1_000_000n;

/** The pallet for the time of blocks. Its call has the same index as in the 2020 runtime. */
export const timestamp: Pallet = {
  name: "Timestamp",
  index: palletIndex,
  calls: [
    {
      name: "set",
      index: setCall,
      args: { now: "Compact<u64>" },
      docs: "Sets the time of the block. This call is an inherent.",
    },
  ],
  constants: { MinimumPeriod: ["u64", 1n] },
  storage: [now, storageValue("Timestamp", "DidUpdate", "bool", false)],
};

/** Makes the inherent that sets the time: a bare extrinsic of version 4, with its length prefix. */
export function timestampInherent(timeMs: bigint): Uint8Array {
  const extrinsic = encode(timeMs, (w, time) => w.u8(bareVersion).u8(palletIndex).u8(setCall).compact(time));
  return encode(extrinsic, (w, bytes) => w.vecU8(bytes));
}

/** Returns the time that an inherent sets, in Unix milliseconds. @throws CodecError */
export function readTimestamp(inherent: Uint8Array): bigint {
  return decodeAll(
    decodeAll(inherent, (r) => r.vecU8()),
    (r) => {
      r.take(3);
      return readCompact(r);
    },
  );
}
