/** Heads of parachains, on a relay chain. */
import type { Pallet } from "../frame/pallet.ts";
import { type StorageItem, storageMap } from "../frame/storage-item.ts";
import type { ParaHead } from "../network.ts";

/** SCALE headers by parachain id. */
export const heads: StorageItem<Uint8Array, [paraId: number]> = storageMap("Paras", "Heads", {
  key: "u32",
  value: "Vec<u8>",
});

/** The parachains of this relay chain. @param genesis their heads at genesis */
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
