/**
 * One step of a session: sends the next data that the worker needs. Every step returns whether the next step
 * may follow at once.
 */
import { type BlockName, type GetStatus, stateFullSentence } from "@pruntime/api";
import { RelayError } from "../error.ts";
import { shrinking } from "./batch-size.ts";
import type { OpenSession } from "./context.ts";
import { sendBlocks, sendBody } from "./dispatch.ts";
import { sendHeaders } from "./headers.ts";
import { sendParachainHead } from "./parachain.ts";
import { readyStatus } from "./ready.ts";

/**
 * Sends commands if the worker has finalized blocks that it can take and has not dispatched, and headers
 * otherwise. A worker that reads commands from bodies always receives whole blocks.
 * @throws {@link RelayError}
 */
export async function syncStep(session: OpenSession): Promise<boolean> {
  const { node, progress } = session;
  const status = await readyStatus(session);
  const target = await node.finalizedNumber();
  const [finalized, dispatched] = [status.finalized?.number ?? 0, status.dispatched?.number ?? 0];
  progress.at({ node: node.connection.url, target, finalized, dispatched });
  noteFull(session, status);
  if (status.command_source === "bodies") return takesBlocks(status) && sendBody(session, finalized, target);
  if (status.parachain) return parachainStep(session, status, target);
  if (dispatched < finalized && takesBlocks(status)) return blocksStep(session, dispatched + 1, finalized);
  const last = status.finalized ?? { number: 0, hash: status.genesis_hash };
  return headersStep(session, last, status.staged ?? undefined, target);
}

/**
 * The step for a parachain. It sends commands if the worker has finalized blocks that it can take and has not
 * dispatched. Otherwise, it sends the parachain's head from the state of the worker's relay block. If that
 * head is not new, it sends relay chain headers.
 */
async function parachainStep(session: OpenSession, status: GetStatus, target: number): Promise<boolean> {
  const { para, paraChain } = session;
  const [relay, finalized, dispatched] = [
    status.parachain?.relay,
    status.finalized?.number ?? 0,
    status.dispatched?.number ?? 0,
  ];
  if (relay === undefined || para === undefined || paraChain === undefined) return false;
  if (dispatched < finalized && takesBlocks(status)) {
    const sources = { ...session.sources, node: para.node, chain: paraChain };
    return blocksStep({ ...session, node: para.node, sources }, dispatched + 1, finalized);
  }
  const sendHead = () => sendParachainHead(session, para, relay, finalized);
  if (await shrinking(session.options.headersPerCall, sendHead)) return true;
  return headersStep(session, relay, status.staged ?? undefined, target);
}

/**
 * Whether the worker can dispatch its next block: its program can read the chain's runtime, and its memory
 * has room. Without room, only a restart of the worker helps, after which its status has room again.
 */
function takesBlocks(status: GetStatus): boolean {
  return status.runtime_unreadable === null && status.state_full === null;
}

/** Tells the operator once that the worker's state is full. */
function noteFull({ progress, stats }: OpenSession, { state_full: full }: GetStatus): void {
  if (full !== null && stats.stateFull?.since !== full.since) progress.note(stateFullSentence(full));
  stats.stateFull = full;
}

function blocksStep(session: OpenSession, from: number, finalized: number): Promise<boolean> {
  return shrinking(session.options.blocksPerCall, () => sendBlocks(session, from, finalized));
}

/**
 * Sends headers after the worker's latest finalized or staged block.
 * @param last the worker's latest finalized block
 * @param staged the worker's latest staged block
 */
async function headersStep(
  session: OpenSession,
  last: BlockName,
  staged: BlockName | undefined,
  target: number,
): Promise<boolean> {
  if (target < last.number)
    throw new RelayError({ code: "relay/node-behind", node: target, worker: last.number });
  if (target === last.number) return false;
  return shrinking(session.options.headersPerCall, () => sendHeaders(session, last, staged, target));
}
