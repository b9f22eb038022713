/** Sends `sync_para`: a parachain's headers up to the head in the relay chain's last finalized state. */
import { type BlockName, syncPara } from "@pruntime/api";
import { fromHex, toBase64 } from "@pruntime/core/bytes";
import { fetchParachainHead, type ParachainNode } from "../fetch/parachain.ts";
import type { OpenSession } from "./context.ts";

/**
 * Returns whether there was anything to send.
 * @param relay the relay chain block that is final for the worker
 * @param finalized the worker's last finalized block of the parachain
 */
export async function sendParachainHead(
  { node, worker, crypto, progress }: OpenSession,
  para: ParachainNode,
  relay: BlockName,
  finalized: number,
): Promise<boolean> {
  const head = await fetchParachainHead(crypto, node, para, fromHex(relay.hash), finalized);
  if (head === undefined) return false;
  const { synced_to } = await worker.call(syncPara, {
    headers_b64: head.headers.map(toBase64),
    proof_b64: head.proof.map(toBase64),
  });
  progress.note(`parachain blocks ${finalized + 1}..${synced_to} final by relay block ${relay.number}`);
  return true;
}
