import { encodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { toBase64 } from "@pruntime/core/bytes";
import { provenAuthorities } from "@pruntime/core/light-client";
import { openStateProof } from "@pruntime/core/trie";
import type { Devchain } from "./types.ts";

/** The genesis data for `init_runtime`: base64 of a SCALE `BridgeInitInfo`, in the layout of 2020. */
export function bridgeInitInfo({ crypto, genesis, genesisProof }: Devchain): string {
  const { encodedHeader, header } = genesis;
  const state = openStateProof(crypto.blake2b256, header.stateRoot, genesisProof);
  const authorities = provenAuthorities(crypto, state, 0);
  return toBase64(encodeBridgeInitInfo({ encodedHeader, authorities, proof: genesisProof }));
}
