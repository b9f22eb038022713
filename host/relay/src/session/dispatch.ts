/**
 * Commands: `dispatch_block`, with the remarks and the runtime code that the worker asks for; or `sync_block`
 * of 2020.
 */
import { dispatchBlock, type InputJsonOf, syncBlock, syncCode } from "@pruntime/api";
import { toBase64 } from "@pruntime/core/bytes";
import { RelayError, wasRefused } from "../error.ts";
import { fetchCodeProof, fetchEvents, fetchSignedBlock } from "../fetch/blocks.ts";
import { fetchRemarks } from "../fetch/remarks.ts";
import type { OpenSession } from "./context.ts";

const maxDispatchBytes = 8 << 20;
/** How many blocks before the events are searched for a remark, one attempt after the other. */
const remarkLookBacks = [0, 64, 1_024];

/** Sends the events of blocks from `from` on, as many as fit into one call. */
export async function sendBlocks(session: OpenSession, from: number, finalized: number): Promise<boolean> {
  const { node, crypto, options, progress, sources } = session;
  const to = Math.min(finalized, from + options.blocksPerCall.size - 1);
  const blocks = await fetchEvents(node, crypto, await sources.chain.fetch(from, to), maxDispatchBytes);
  try {
    await dispatch(session, from, blocks);
  } catch (error) {
    if (!wasRefused(error, "runtime/metadata-outdated")) throw error;
    if (await proveCode(session, from - 1)) progress.note(`runtime of block ${from - 1} proven`);
    else await dispatch(session, from, blocks.slice(0, 1));
  }
  return true;
}

async function dispatch(session: OpenSession, from: number, blocks: readonly Uint8Array[]): Promise<void> {
  const { progress, stats } = session;
  const dispatchedTo = await dispatchWithRemarks(session, from, blocks);
  stats.blocks += dispatchedTo - from + 1;
  progress.dispatched(from, dispatchedTo);
}

/** Fetches remarks only when the worker asks for them, first where they are likely: most blocks have none. */
async function dispatchWithRemarks(
  session: OpenSession,
  from: number,
  blocks: readonly Uint8Array[],
): Promise<number> {
  const { node, crypto } = session;
  const blocks_b64 = blocks.map(toBase64);
  let dispatchedTo = await dispatchedUnlessRemarksMiss(session, { blocks_b64 });
  for (const lookBack of remarkLookBacks) {
    if (dispatchedTo !== undefined) return dispatchedTo;
    const remarks_b64 = (await fetchRemarks(node, crypto, blocks, from, lookBack)).map(toBase64);
    dispatchedTo = await dispatchedUnlessRemarksMiss(session, { blocks_b64, remarks_b64 });
  }
  if (dispatchedTo === undefined)
    throw new RelayError({ code: "relay/no-remark", from, to: from + blocks.length - 1 });
  return dispatchedTo;
}

/** The last dispatched block, or `undefined` when the worker misses a remark. */
async function dispatchedUnlessRemarksMiss(
  { worker }: OpenSession,
  input: InputJsonOf<typeof dispatchBlock>,
): Promise<number | undefined> {
  try {
    return (await worker.call(dispatchBlock, input)).dispatched_to;
  } catch (error) {
    if (!wasRefused(error, "dispatch/missing-remark")) throw error;
    return undefined;
  }
}

/**
 * Proves the code in the state of the last dispatched block. Returns false if that block did not change the
 * runtime: until 2023 a parachain's header did not announce the change, so such a block may be inside a
 * batch.
 */
async function proveCode({ node, worker }: OpenSession, number: number): Promise<boolean> {
  try {
    const proof_b64 = (await fetchCodeProof(node, number)).map(toBase64);
    return (await worker.call(syncCode, { proof_b64 })).from !== null;
  } catch (error) {
    if (!wasRefused(error, "code/not-due")) throw error;
    return false;
  }
}

/** Sends the next block with its body, to workers that take their commands from bodies. */
export async function sendBody(session: OpenSession, finalized: number, target: number): Promise<boolean> {
  const { node, worker, progress, stats } = session;
  if (finalized >= target) return false;
  const block = await fetchSignedBlock(node, finalized + 1);
  const { synced_to } = await worker.call(syncBlock, { data: toBase64(block) });
  stats.blocks += synced_to - finalized;
  progress.dispatched(finalized + 1, synced_to);
  return true;
}
