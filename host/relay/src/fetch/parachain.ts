/**
 * Feeds a worker of a parachain: relay chain headers from one node, the parachain's head out of the relay chain's state, parachain headers and events from another
 * node. Parachain blocks have no proof of finality of their own.
 */
import type { GetStatus } from "@pruntime/api";
import { toBase64 } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { paraHeadKey } from "@pruntime/core/parachain";
import { decodeAll } from "@pruntime/core/scale";
import type { SubstrateNode } from "../node/node.ts";
import { inParallel } from "../node/parallel.ts";
import type { RemoteWorker } from "../worker.ts";
import { fetchInitInput, fetchMeaning, type InitInput, type MeaningBy } from "./init-input.ts";

/** A parachain and a node of it. */
export interface ParachainNode {
  readonly id: number;
  readonly node: SubstrateNode;
}

/** What moves a parachain's finality: headers up to its head at the relay block the worker holds for final. */
export interface ParaStretch {
  readonly headers: readonly Uint8Array[];
  readonly proof: readonly Uint8Array[];
}

/** Headers asked for at once. */
const parallel = 8;

/** `undefined` when the relay block's head is the one the worker has. */
export async function paraStretch(
  crypto: Crypto,
  relay: SubstrateNode,
  { id, node }: ParachainNode,
  at: Uint8Array,
  finalized: number,
): Promise<ParaStretch | undefined> {
  const key = paraHeadKey(crypto, id);
  const value = await relay.storage(key, at);
  if (value === undefined) return undefined;
  const head = decodeHeader(decodeAll(value, (r) => r.vecU8()));
  if (head.number <= finalized) return undefined;
  const numbers = Array.from({ length: head.number - finalized }, (_, i) => finalized + 1 + i);
  const headers = await inParallel(numbers, parallel, (number) => node.headerAt(number));
  return { headers: headers.map(({ encoded }) => encoded), proof: await relay.readProof([key], at) };
}

/** Sends what there is to send. Answers the parachain's last final block, or `undefined` when nothing moved. */
export async function syncPara(
  crypto: Crypto,
  relay: SubstrateNode,
  para: ParachainNode,
  worker: RemoteWorker,
  at: Uint8Array,
  status: GetStatus,
): Promise<number | undefined> {
  const stretch = await paraStretch(crypto, relay, para, at, status.finalized?.number ?? 0);
  if (stretch === undefined) return undefined;
  const input = { headers_b64: stretch.headers.map(toBase64), proof_b64: stretch.proof.map(toBase64) };
  return (await worker.call<{ readonly synced_to: number }>("sync_para", input)).synced_to;
}

/** The `input` of `init_runtime` for a parachain: the relay chain's genesis, the parachain's genesis header and code. */
export async function fetchParachainInput(
  relay: SubstrateNode,
  { id, node }: ParachainNode,
  by: MeaningBy = "code",
): Promise<InitInput> {
  const { bridge_genesis_info_b64 } = await fetchInitInput(relay, "none");
  const genesis = await node.headerAt(0);
  return {
    ...(bridge_genesis_info_b64 === undefined ? {} : { bridge_genesis_info_b64 }),
    ...(await fetchMeaning(node, genesis.hash, by)),
    parachain: { genesis_header_b64: toBase64(genesis.encoded), id },
    skip_ra: true,
  };
}
