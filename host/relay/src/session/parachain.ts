/** Sends `sync_para`: a parachain's headers up to the head in the relay chain's latest finalized state. */
import { type BlockName, stageHeader, syncPara } from "@pruntime/api";
import { fromHex, toBase64 } from "@pruntime/core/bytes";
import { fetchParachainHead, type ParachainNode } from "../fetch/parachain.ts";
import type { OpenSession } from "./context.ts";

/**
 * Sends the parachain's headers up to its head, and a proof of the head. Headers that do not fit into the
 * last call are sent ahead of it. Returns false if the head is not new.
 * @param relay the worker's latest finalized block of the relay chain
 * @param finalized the worker's latest finalized block of the parachain
 */
export async function sendParachainHead(
  { node, worker, crypto, progress, options }: OpenSession,
  para: ParachainNode,
  relay: BlockName,
  finalized: number,
): Promise<boolean> {
  const head = await fetchParachainHead(crypto, node, para, fromHex(relay.hash), finalized);
  if (head === undefined) return false;
  const count = options.headersPerCall.size;
  let from = finalized + 1;
  for (; from + count <= head.number; from += count)
    await worker.call(stageHeader, {
      headers_b64: await headers(para, from, from + count - 1),
      parachain: true,
    });
  const { synced_to } = await worker.call(syncPara, {
    headers_b64: await headers(para, from, head.number),
    proof_b64: head.proof.map(toBase64),
  });
  progress.note(
    `parachain blocks ${finalized + 1}..${synced_to} are final as of relay block ${relay.number}`,
  );
  return true;
}

async function headers({ node }: ParachainNode, from: number, to: number): Promise<string[]> {
  return (await node.headersAt(from, to)).map(({ encoded }) => toBase64(encoded));
}
