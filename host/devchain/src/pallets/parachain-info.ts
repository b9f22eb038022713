/** Stores a parachain's id in its state. */
import type { Pallet } from "../frame/pallet.ts";
import { type StorageItem, storageValue } from "../frame/storage-item.ts";

const parachainId: StorageItem<number, []> = storageValue("ParachainInfo", "ParachainId", "u32", 100);

/** Makes the pallet that stores the parachain's id. */
export function parachainInfo(paraId: number): Pallet {
  return {
    name: "ParachainInfo",
    index: 21,
    storage: [parachainId],
    genesis: ({ storage }) => storage.put(parachainId, paraId),
  };
}
