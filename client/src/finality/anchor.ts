/**
 * Computes the anchor that a worker must have. The inputs are values that the client trusts, so the client
 * need not ask the worker.
 */
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { equal } from "@pruntime/core/bytes";
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import {
  type AnchorTerms,
  anchorOf,
  decodeCheckpoint,
  startFromCheckpoint,
  startFromGenesis,
} from "@pruntime/core/light-client";
import { ClientError } from "../error.ts";

/**
 * The terms on which `pruntime init` and `pruntime relay` start a worker by default. On a development chain,
 * the default genesis balance is different.
 */
const usualTerms: AnchorTerms = { meaning: { kind: "proven" }, genesisBalance: { kind: "none" } };

/**
 * Computes the anchor of a worker that started at the genesis.
 * @param genesisHash trusted, 32 bytes
 * @param info SCALE `BridgeInitInfo`; it may come from an untrusted source, because it is verified against
 * the genesis hash
 * @param terms default: events get their meaning from the chain's own code, no account has a native balance
 * at genesis, and commands of channel v1 are refused
 * @throws {@link ClientError} `client/wrong-chain`; LightClientError, TrieError, CodecError
 */
export function genesisAnchor(
  genesisHash: Uint8Array,
  info: Uint8Array,
  terms: Partial<AnchorTerms> = {},
  crypto: Crypto = portableCrypto,
): Uint8Array {
  const start = startFromGenesis(crypto, decodeBridgeInitInfo(info));
  if (!equal(start.genesisHash, genesisHash)) throw new ClientError({ code: "client/wrong-chain" });
  return anchorOf(crypto, start, { ...usualTerms, ...terms });
}

/**
 * Computes the anchor of a worker that started at a checkpoint.
 * @param checkpoint JSON text; all of it is trusted
 * @param terms as for {@link genesisAnchor}
 * @throws JsonError, LightClientError, CodecError
 */
export function checkpointAnchor(
  checkpoint: string,
  terms: Partial<AnchorTerms> = {},
  crypto: Crypto = portableCrypto,
): Uint8Array {
  const start = startFromCheckpoint(crypto, decodeCheckpoint(checkpoint));
  return anchorOf(crypto, start, { ...usualTerms, ...terms });
}
