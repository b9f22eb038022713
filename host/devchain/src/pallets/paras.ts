/** Stores the heads of parachains in the state of their relay chain. */
import type { Pallet } from "../frame/pallet.ts";
import { type StorageItem, storageMap } from "../frame/storage-item.ts";
import type { ParaHead } from "../network.ts";

/** The latest head of each parachain, a SCALE header, by parachain id. */
export const heads: StorageItem<Uint8Array, [paraId: number]> = storageMap("Paras", "Heads", {
  key: "u32",
  value: "Vec<u8>",
});

/** Makes the pallet that stores the parachains' heads. @param genesis the heads at genesis */
export function paras(genesis: readonly ParaHead[]): Pallet {
  return {
    name: "Paras",
    index: 56,
    storage: [heads],
    genesis: ({ storage }) => {
      for (const { paraId, head } of genesis) storage.put(heads, head, paraId);
    },
  };
}
