/**
 * Fetches the data for a parachain's worker: the input of `init_runtime`, and the parachain's head from the
 * relay chain's state. Parachain blocks have no finality proof of their own.
 */
import type { InitInput } from "@pruntime/api";
import { toBase64 } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { paraHeadKey } from "@pruntime/core/parachain";
import { decodeAll } from "@pruntime/core/scale";
import type { SubstrateNode } from "../node/node.ts";
import { fetchGenesisInfo, fetchTerms, type StartTerms } from "./init-input.ts";

/** The id of the parachain that the worker follows, and the node that provides its blocks. */
export interface ParachainNode {
  readonly id: number;
  readonly node: SubstrateNode;
}

/** The number of the parachain's head, and a read proof of the head from a state of the relay chain. */
export interface ParachainHead {
  readonly number: number;
  readonly proof: readonly Uint8Array[];
}

/**
 * Fetches the parachain's head from the state of relay block `at`.
 * @param finalized the number of the worker's latest finalized block of the parachain
 * @returns `undefined` if the state has no head, or if the head is not after block `finalized`
 */
export async function fetchParachainHead(
  crypto: Crypto,
  relay: SubstrateNode,
  { id }: ParachainNode,
  at: Uint8Array,
  finalized: number,
): Promise<ParachainHead | undefined> {
  const key = paraHeadKey(crypto, id);
  const value = await relay.storage(key, at);
  if (value === undefined) return undefined;
  const head = decodeHeader(decodeAll(value, (r) => r.vecU8()));
  if (head.number <= finalized) return undefined;
  return { number: head.number, proof: await relay.readProof([key], at) };
}

/**
 * Makes the `input` of `init_runtime`: the relay chain's genesis, the parachain's genesis header, and the
 * data that `terms` requires.
 */
export async function fetchParachainInput(
  relay: SubstrateNode,
  { id, node }: ParachainNode,
  terms: StartTerms,
): Promise<InitInput> {
  const genesis = await node.headerAt(0);
  return {
    bridge_genesis_info_b64: toBase64(await fetchGenesisInfo(relay)),
    ...(await fetchTerms(node, genesis.hash, terms)),
    parachain: { genesis_header_b64: toBase64(genesis.encoded), id },
    skip_ra: true,
  };
}
