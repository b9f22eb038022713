import type { BridgeInitInfo, Encodable } from "../bridge-2020/index.ts";
import { decodeHeader, headerHash } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { openStateProofWork } from "../trie/index.ts";
import { complete, type Work } from "../work/index.ts";
import { LightClientError } from "./error.ts";
import { copyAuthorities, type LightClient, toFinalized } from "./light-client.ts";
import { provenAuthorities } from "./prove.ts";
import { sameAuthorities } from "./set-change.ts";

/**
 * Starts a light client at the first block of a chain, with set 0 and the authorities of the genesis state.
 * The caller must check {@link LightClient.genesisHash} to be sure that this is the expected chain.
 * @throws {@link LightClientError} `headers/not-genesis`, `headers/no-authorities`,
 * `headers/authorities-mismatch`
 * @throws TrieError
 * @throws CodecError
 */
export function startFromGenesis(...input: Parameters<typeof startFromGenesisWork>): LightClient {
  return complete(startFromGenesisWork(...input));
}

/** Does what {@link startFromGenesis} does, in units. @throws as {@link startFromGenesis} */
export function* startFromGenesisWork(
  crypto: Pick<Crypto, "blake2b256" | "twox128">,
  info: Encodable<BridgeInitInfo>,
): Work<LightClient> {
  const header = decodeHeader(info.encodedHeader);
  if (header.number !== 0) throw new LightClientError({ code: "headers/not-genesis", number: header.number });
  const state = yield* openStateProofWork(crypto.blake2b256, header.stateRoot, info.proof);
  if (!sameAuthorities(provenAuthorities(crypto, state, 0), info.authorities))
    throw new LightClientError({ code: "headers/authorities-mismatch", number: 0 });
  const hash = headerHash(crypto, info.encodedHeader);
  return {
    genesisHash: hash,
    finalized: toFinalized({ header, hash }),
    authorities: { setId: 0n, authorities: copyAuthorities(info.authorities) },
    pending: [],
  };
}
