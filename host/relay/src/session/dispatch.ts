/**
 * Sends commands to the worker through `dispatch_block`, and then the bodies and the proof of the runtime's
 * code that the worker requests. A worker that reads commands from bodies receives whole blocks through
 * `sync_block`, the action of 2020.
 */
import { type OutputOf, syncBlock, syncCode } from "@pruntime/api";
import { toBase64 } from "@pruntime/core/bytes";
import { wasRefused } from "../error.ts";
import { fetchBodies, fetchCodeProof, fetchEvents, fetchSignedBlock } from "../fetch/blocks.ts";
import type { OpenSession } from "./context.ts";
import { callDispatch, pieceBytes } from "./pieces.ts";

/** Sends the events of block `from` and of the blocks after it. One call contains as many blocks as fit. */
export async function sendBlocks(session: OpenSession, from: number, finalized: number): Promise<boolean> {
  const { node, crypto, options, progress, sources } = session;
  const to = Math.min(finalized, from + options.blocksPerCall.size - 1);
  const blocks = await fetchEvents(node, crypto, await sources.chain.fetch(from, to), pieceBytes);
  try {
    await dispatch(session, from, blocks);
  } catch (error) {
    if (!wasRefused(error, "runtime/metadata-outdated")) throw error;
    const learned = await proveCode(session, from - 1);
    if (learned === undefined) await dispatch(session, from, blocks.slice(0, 1));
    else if (learned.unreadable === null) progress.note(`runtime of block ${from - 1} proven`);
    else progress.note(unreadableNote(learned.unreadable, from));
  }
  return true;
}

async function dispatch(session: OpenSession, from: number, blocks: readonly Uint8Array[]): Promise<void> {
  const { node, worker, progress, stats } = session;
  const first = await callDispatch(worker, blocks, []);
  let dispatchedTo = first.dispatched_to;
  const { bodies_wanted: wanted = [] } = first;
  if (wanted.length > 0) {
    const bodies = await fetchBodies(node, wanted, pieceBytes);
    const end = wanted[bodies.length] ?? from + blocks.length; // the first block whose body did not fit
    const rest = blocks.slice(dispatchedTo + 1 - from, end - from);
    dispatchedTo = (await callDispatch(worker, rest, bodies, blocks)).dispatched_to;
  }
  stats.blocks += dispatchedTo - from + 1;
  progress.dispatched(from, dispatchedTo);
}

/** The note for the operator when the worker's program cannot read the runtime from block `since` on. */
function unreadableNote(code: string, since: number): string {
  return (
    `${code}: the worker's program cannot read the chain's runtime from block ${since} on. It follows ` +
    "finality and answers as of the block before. Start the worker with a newer program"
  );
}

/**
 * Proves the code in the state of the last dispatched block to the worker. Returns `undefined` if that block
 * did not change the runtime. In that case, a block within the batch changed the runtime without an
 * announcement: until 2023, a parachain's header did not announce a change, and a header never announces
 * pending code before it runs.
 */
async function proveCode(
  { node, worker }: OpenSession,
  number: number,
): Promise<OutputOf<typeof syncCode> | undefined> {
  try {
    const proof_b64 = (await fetchCodeProof(node, await node.hashAt(number))).map(toBase64);
    const learned = await worker.call(syncCode, { proof_b64 });
    return learned.from === null && learned.unreadable === null ? undefined : learned;
  } catch (error) {
    if (!wasRefused(error, "code/not-due")) throw error;
    return undefined;
  }
}

/** Sends the next block with its body to a worker that reads commands from bodies. */
export async function sendBody(session: OpenSession, finalized: number, target: number): Promise<boolean> {
  const { node, worker, progress, stats } = session;
  if (finalized >= target) return false;
  const block = await fetchSignedBlock(node, finalized + 1);
  const { synced_to } = await worker.call(syncBlock, { data: toBase64(block) });
  stats.blocks += synced_to - finalized;
  progress.dispatched(finalized + 1, synced_to);
  return true;
}
