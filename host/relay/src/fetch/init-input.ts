/**
 * Fetches the input of `init_runtime`: the chain's genesis with a proof of the first authorities (or a
 * checkpoint), and the data for decoding events. That data is a proof of the runtime's code or, for workers
 * that cannot run the code, metadata.
 */
import type { InitInput } from "@pruntime/api";
import { encodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { toBase64 } from "@pruntime/core/bytes";
import type { MeaningKind } from "@pruntime/core/light-client";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import type { SubstrateNode } from "../node/node.ts";
import { fetchAuthorities } from "./authorities.ts";

/**
 * Makes input that starts at the genesis.
 * @throws {@link RelayError} `relay/no-authorities`; `relay/state-discarded` if the node no longer has the
 * genesis state
 */
export async function fetchInitInput(
  node: SubstrateNode,
  meaning: MeaningKind = "proven",
): Promise<InitInput> {
  const header = await node.headerAt(0);
  const { key, authorities } = await fetchAuthorities(node, header.hash, 0);
  const proof = await node.readProof([key], header.hash);
  const info = encodeBridgeInitInfo({ encodedHeader: header.encoded, authorities, proof });
  return {
    bridge_genesis_info_b64: toBase64(info),
    ...(await fetchMeaning(node, header.hash, meaning)),
    skip_ra: true,
  };
}

/**
 * Makes input that starts at a checkpoint.
 * @param hash the hash of the checkpoint's header
 * @throws {@link RelayError}
 */
export async function fetchCheckpointInput(
  node: SubstrateNode,
  checkpoint: string,
  hash: Uint8Array,
  meaning: MeaningKind = "proven",
): Promise<InitInput> {
  return { checkpoint, ...(await fetchMeaning(node, hash, meaning)), skip_ra: true };
}

/** Fetches the data for decoding the events of a block. */
export async function fetchMeaning(
  node: SubstrateNode,
  at: Uint8Array,
  meaning: MeaningKind,
): Promise<Pick<InitInput, "code_proof_b64" | "runtime_metadata_b64">> {
  if (meaning === "bodies") return {};
  if (meaning === "told") return { runtime_metadata_b64: toBase64(await node.metadata(at)) };
  return { code_proof_b64: (await node.readProof([wellKnownKeys.code], at)).map(toBase64) };
}
