/**
 * Computes the anchor that a worker must have. The inputs are values that the client trusts, so the client
 * need not ask the worker.
 */
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
 * Computes the anchor of a worker that started at the genesis.
 * @param genesisHash trusted, 32 bytes
 * @param info SCALE `BridgeInitInfo`; it may come from an untrusted source, because it is verified against
 * the genesis hash
 * @param meaning default: the meaning of events is read from the chain's own code, as after `pruntime init`
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
 * Computes the anchor of a worker that started at a checkpoint.
 * @param checkpoint JSON text; all of it is trusted
 * @throws JsonError, LightClientError, CodecError
 */
export function checkpointAnchor(
  checkpoint: string,
  meaning: AnchoredMeaning = proven,
  crypto: Crypto = portableCrypto,
): Uint8Array {
  return anchorOf(crypto, startFromCheckpoint(crypto, decodeCheckpoint(checkpoint)), meaning, undefined);
}
