/** One session with a node: brings the worker from where it stands to the node's finalized head, and then waits for more. */
import type { GetStatus } from "@pruntime/api";
import { encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { from0x, toBase64, toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { fetchCodeProof, fetchEvents, fetchSignedBlock } from "./commands.ts";
import { RelayError } from "./error.ts";
import { nextStretch } from "./finality.ts";
import { fetchInitInput, type InitInput, type MeaningBy } from "./init.ts";
import type { SubstrateNode } from "./node/node.ts";
import type { Progress } from "./progress.ts";
import { fetchRemarks } from "./remarks.ts";
import type { RemoteWorker } from "./worker.ts";

/** How much goes into one call, and whether the relay may initialize a fresh worker. */
export interface SyncOptions {
  /** Headers in one `sync_header`, unless one proof spans more. */
  readonly headersPerBatch: number;
  /** Blocks in one `dispatch_block`. */
  readonly blocksPerBatch: number;
  readonly init: boolean;
}

/** What a session works with. */
export interface Session {
  readonly node: SubstrateNode;
  readonly worker: RemoteWorker;
  readonly crypto: Crypto;
  readonly options: SyncOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const maxDispatchBytes = 8 << 20;
const idlePollMs = 2_000;

/** Runs until the signal aborts. @throws {@link RelayError} */
export async function syncSession(session: Session): Promise<void> {
  const { node, signal } = session;
  let latest: Uint8Array | undefined;
  let wake: () => void = () => undefined;
  await node.connection.subscribe("chain_subscribeFinalizedHeads", () => wake());
  await subscribeJustifications(node, (justification) => {
    latest = justification;
  });
  const stop = (): void => node.connection.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    while (!signal.aborted) {
      const moved = await syncOnce(session, () => latest);
      if (!moved)
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), pause(idlePollMs, signal), node.connection.closed]);
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Not every chain offers the subscription; then the other sources must do. */
async function subscribeJustifications(node: SubstrateNode, onJustification: (justification: Uint8Array) => void): Promise<void> {
  try {
    await node.connection.subscribe("grandpa_subscribeJustifications", (result) => {
      if (typeof result === "string") onJustification(from0x(result));
    });
  } catch (error) {
    if (!(error instanceof RelayError && error.code === "relay/node-refused")) throw error;
  }
}

/** One step: headers if finality has moved, else commands. Answers whether there may be more to do at once. */
async function syncOnce(session: Session, latest: () => Uint8Array | undefined): Promise<boolean> {
  const { node, worker, progress } = session;
  const status = await readyStatus(session);
  const target = await node.finalizedNumber();
  const [finalized, dispatched] = [status.finalized?.number ?? 0, status.dispatched?.number ?? 0];
  progress.at({ target, finalized, dispatched });
  if (status.command_source === "bodies") return syncBody(session, finalized, target);
  if (dispatched < finalized) return dispatch(session, dispatched + 1, finalized);
  if (target < finalized) throw new RelayError({ code: "relay/node-behind", node: target, worker: finalized });
  if (target === finalized) return false;
  const stretch = await nextStretch(node, { latest }, finalized + 1, target, session.options.headersPerBatch);
  const headers_b64 = stretch.headers.map(({ encoded }, i) => {
    const justification = i === stretch.headers.length - 1 ? stretch.justification : undefined;
    return toBase64(encodeHeaderToSync({ encodedHeader: encoded, justification }));
  });
  const { synced_to } = await worker.call<{ synced_to: number }>("sync_header", { headers_b64, authority_set_change_b64: null });
  progress.synced(finalized + 1, synced_to);
  return true;
}

async function dispatch(session: Session, from: number, finalized: number): Promise<boolean> {
  const { node, worker, crypto, options, progress } = session;
  const to = Math.min(finalized, from + options.blocksPerBatch - 1);
  const blocks_b64 = (await fetchEvents(node, crypto, from, to, maxDispatchBytes)).map(toBase64);
  try {
    progress.dispatched(from, await dispatchBlocks(session, from, blocks_b64));
  } catch (error) {
    if (!wasRefused(error, "runtime/metadata-outdated")) throw error;
    await worker.call("sync_code", { proof_b64: (await fetchCodeProof(node, from - 1)).map(toBase64) });
    progress.note(`runtime of block ${from - 1} proven`);
  }
  return true;
}

/** Remarks are fetched only when the worker asks for them: most blocks have none. */
async function dispatchBlocks({ node, worker }: Session, from: number, blocks_b64: readonly string[]): Promise<number> {
  const send = (more: object): Promise<{ readonly dispatched_to: number }> =>
    worker.call("dispatch_block", { blocks_b64, ...more });
  try {
    return (await send({})).dispatched_to;
  } catch (error) {
    if (!wasRefused(error, "dispatch/missing-remark")) throw error;
    const remarks = await fetchRemarks(node, from, from + blocks_b64.length - 1);
    return (await send({ remarks_b64: remarks.map(toBase64) })).dispatched_to;
  }
}

function wasRefused(error: unknown, reason: string): boolean {
  return error instanceof RelayError && error.detail.code === "relay/worker-refused" && error.detail.reason === reason;
}

async function syncBody({ node, worker, progress }: Session, finalized: number, target: number): Promise<boolean> {
  if (finalized >= target) return false;
  const block = await fetchSignedBlock(node, finalized + 1);
  const { synced_to } = await worker.call<{ synced_to: number }>("sync_block", { data: toBase64(block) });
  progress.dispatched(finalized + 1, synced_to);
  return true;
}

/** The status of an initialized worker on this node's chain. */
async function readyStatus({ node, worker, options, progress }: Session): Promise<GetStatus> {
  const status = await worker.status();
  if (!status.initialized) {
    if (!options.init) throw new RelayError({ code: "relay/not-initialized" });
    await initialize(worker, (by) => fetchInitInput(node, by));
    progress.note("worker initialized");
    return readyStatus({ node, worker, options: { ...options, init: false }, progress } as Session);
  }
  const genesis = toHex(await node.genesisHash());
  if (status.genesis_hash !== genesis)
    throw new RelayError({ code: "relay/wrong-chain", worker: status.genesis_hash, node: genesis });
  return status;
}

/** Proves to the worker what events mean; where it cannot run the chain's code, it is told. */
export async function initialize(worker: RemoteWorker, input: (by: MeaningBy) => Promise<InitInput>): Promise<void> {
  try {
    await worker.call("init_runtime", await input("code"));
  } catch (error) {
    if (!wasRefused(error, "code/no-metadata") && !wasRefused(error, "code/not-in-state")) throw error;
    await worker.call("init_runtime", await input("metadata"));
  }
}

/** Settles after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
