/** The anchor a worker must have, computed from what a client trusts itself instead of asked of the worker. */
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { equal } from "@pruntime/core/bytes";
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import {
  type AnchoredMeaning,
  anchorOf,
  decodeCheckpoint,
  startFromCheckpoint,
  startFromGenesis,
} from "@pruntime/core/light-client";
import { ClientError } from "../error.ts";

const proven: AnchoredMeaning = { kind: "proven" };

/**
 * Of a worker that began at the genesis.
 * @param genesisHash what is trusted
 * @param info SCALE `BridgeInitInfo`, out of anybody's hands: it is proven from the genesis hash
 * @param meaning default: the chain's own code, as `pruntime init` does it
 * @throws {@link ClientError} `client/wrong-chain`; LightClientError, TrieError, CodecError
 */
export function genesisAnchor(
  genesisHash: Uint8Array,
  info: Uint8Array,
  meaning: AnchoredMeaning = proven,
  crypto: Crypto = portableCrypto,
): Uint8Array {
  const start = startFromGenesis(crypto, decodeBridgeInitInfo(info));
  if (!equal(start.genesisHash, genesisHash)) throw new ClientError({ code: "client/wrong-chain" });
  return anchorOf(crypto, start, meaning, undefined);
}

/**
 * Of a worker that began at a checkpoint. @param checkpoint JSON text; all of it is trusted
 * @throws JsonError, LightClientError, CodecError
 */
export function checkpointAnchor(
  checkpoint: string,
  meaning: AnchoredMeaning = proven,
  crypto: Crypto = portableCrypto,
): Uint8Array {
  return anchorOf(crypto, startFromCheckpoint(crypto, decodeCheckpoint(checkpoint)), meaning, undefined);
}
