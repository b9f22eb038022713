/** Makes block 0 from the genesis state of every pallet and the runtime's code. */
import { utf8 } from "@pruntime/core/bytes";
import { encodeHeader, type Header, headerHash } from "@pruntime/core/chain";
import { extrinsicsRoot } from "@pruntime/core/extrinsics";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { Trie } from "@pruntime/core/trie";
import { Storage } from "../frame/storage.ts";
import type { ExecutedBlock } from "./block.ts";
import type { Runtime } from "./runtime.ts";

/** What tells chains with the same runtime apart. */
export interface GenesisNames {
  readonly chainName: string;
  readonly seed: string | undefined;
}

/** Makes block 0 and its state. */
export function createGenesis(runtime: Runtime, { chainName, seed }: GenesisNames): ExecutedBlock {
  const { crypto, codecs, pallets, code, stateVersion, version } = runtime;
  const storage = new Storage(codecs, Trie.empty({ hash: crypto.blake2b256, version: stateVersion }));
  storage.putRaw(wellKnownKeys.code, code);
  storage.putRaw(utf8(":chain_name"), utf8(chainName));
  if (seed !== undefined) storage.putRaw(utf8(":genesis_seed"), utf8(seed));
  for (const { genesis } of pallets) genesis?.({ crypto, codecs, storage });
  const state = storage.commit();
  const header: Header = {
    parentHash: new Uint8Array(32),
    number: 0,
    stateRoot: state.root,
    extrinsicsRoot: extrinsicsRoot(crypto, []),
    digest: [],
  };
  const encodedHeader = encodeHeader(header);
  const hash = headerHash(crypto, encodedHeader);
  const { specVersion } = version;
  const versions = { specVersion, nextSpecVersion: specVersion };
  return {
    block: { hash, header, encodedHeader, body: [], heads: [], setId: 0n, endsSet: false, ...versions },
    state,
  };
}
