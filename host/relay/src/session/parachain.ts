/** Sends `sync_para`: a parachain's headers up to the head in the relay chain's latest finalized state. */
import { type BlockName, syncPara } from "@pruntime/api";
import { fromHex, toBase64 } from "@pruntime/core/bytes";
import { fetchParachainHead, type ParachainNode } from "../fetch/parachain.ts";
import type { OpenSession } from "./context.ts";

/**
 * Sends the parachain's headers and head, and returns true. Returns false if there is nothing to send.
 * @param relay the worker's latest finalized block of the relay chain
 * @param finalized the worker's latest finalized block of the parachain
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
  progress.note(
    `parachain blocks ${finalized + 1}..${synced_to} are final as of relay block ${relay.number}`,
  );
  return true;
}
