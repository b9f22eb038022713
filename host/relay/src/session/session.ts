/** One session with a node: brings the worker from where it stands to the node's finalized head, and then waits for more. */
import type { GetStatus } from "@pruntime/api";
import { encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { from0x, fromHex, toBase64, toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { RelayError } from "../error.ts";
import { fetchCodeProof, fetchEvents, fetchSignedBlock } from "../fetch/blocks.ts";
import { fetchInitInput, type InitInput, type MeaningBy } from "../fetch/init-input.ts";
import { fetchParachainInput, type ParachainNode, syncPara } from "../fetch/parachain.ts";
import { fetchRemarks } from "../fetch/remarks.ts";
import { HeaderChain } from "../finality/headers.ts";
import { nextStretch, type ProofSources } from "../finality/stretch.ts";
import type { Habits } from "../node/capabilities.ts";
import type { SubstrateNode } from "../node/node.ts";
import type { Registrar } from "../registry/registrar.ts";
import type { Progress } from "../watch/progress.ts";
import type { RelayStats } from "../watch/stats.ts";
import type { RemoteWorker } from "../worker.ts";
import type { BatchSize } from "./batch-size.ts";

/** How much goes into one call, and whether the relay may initialize a fresh worker. */
export interface SyncOptions {
  readonly headersPerCall: BatchSize;
  readonly blocksPerCall: BatchSize;
  readonly init: boolean;
  /** How long a session waits for a finality proof of blocks the node calls final, in milliseconds. */
  readonly proofPatienceMs: number;
}

/** What a session works with. */
export interface Session {
  readonly node: SubstrateNode;
  readonly habits: Habits;
  /** For workers of a parachain; `node` is then one of its relay chain. */
  readonly para?: ParachainNode | undefined;
  readonly worker: RemoteWorker;
  readonly crypto: Crypto;
  readonly options: SyncOptions;
  readonly progress: Progress;
  readonly stats: RelayStats;
  /** Keeps the worker registered, where that is wanted. */
  readonly registrar?: Registrar | undefined;
  readonly signal: AbortSignal;
}

/** Remembers that it was rung while nobody listened. */
class Bell {
  rung: Promise<void> = Promise.resolve();
  ring: () => void = () => undefined;

  /** What was rung before is heard no more. */
  still(): void {
    this.rung = new Promise((resolve) => {
      this.ring = resolve;
    });
  }
}

/** A session under way, with what it hears from the node. */
interface Running extends Session {
  readonly sources: ProofSources;
  /** Headers of the parachain. */
  readonly paraChain?: HeaderChain | undefined;
}

const maxDispatchBytes = 8 << 20;
const idlePollMs = 2_000;
const maxLookBack = 4_096;
/** In how many blocks before the events a remark is looked for, one try after the other. */
const remarkLookBacks = [0, 64, 1_024];

/** Runs until the signal aborts. @throws {@link RelayError} */
export async function syncSession(session: Session): Promise<void> {
  const { node, habits, signal } = session;
  let latest: Uint8Array | undefined;
  const bell = new Bell();
  await node.connection.subscribe("chain_subscribeFinalizedHeads", () => bell.ring());
  await subscribeJustifications(node, (justification) => {
    latest = justification;
    bell.ring();
  });
  const stop = (): void => node.connection.close();
  signal.addEventListener("abort", stop, { once: true });
  const sources: ProofSources = { node, habits, chain: new HeaderChain(node), announced: () => latest };
  const paraChain = session.para && new HeaderChain(session.para.node);
  const step = patient({ ...session, sources, paraChain });
  try {
    while (!signal.aborted) {
      bell.still();
      if (await step()) continue;
      void session.registrar?.look((session.para ?? session).node, session.worker);
      await Promise.race([bell.rung, pause(idlePollMs, signal), node.connection.closed]);
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Steps that take a missing proof for a reason to wait, until patience ends: a node proves what it finalizes a moment later, some only now and then. */
function patient(session: Running): () => Promise<boolean> {
  let waitingSince: number | undefined;
  return async () => {
    try {
      const more = await syncOnce(session);
      waitingSince = undefined;
      return more;
    } catch (error) {
      if (!(error instanceof RelayError) || error.detail.code !== "relay/no-proof") throw error;
      if (waitingSince === undefined)
        session.progress.note(`waiting for a finality proof of block ${error.detail.from}`);
      waitingSince ??= Date.now();
      if (Date.now() - waitingSince > session.options.proofPatienceMs) throw error;
      return false;
    }
  };
}

/** Not every chain offers the subscription; then the other sources must do. */
async function subscribeJustifications(
  node: SubstrateNode,
  onJustification: (justification: Uint8Array) => void,
): Promise<void> {
  try {
    await node.connection.subscribe("grandpa_subscribeJustifications", (result) => {
      if (typeof result === "string") onJustification(from0x(result));
    });
  } catch (error) {
    if (!(error instanceof RelayError && error.code === "relay/node-refused")) throw error;
  }
}

/** One step: headers if finality has moved, else commands. Answers whether there may be more to do at once. */
async function syncOnce(session: Running): Promise<boolean> {
  const { node, progress } = session;
  const status = await readyStatus(session);
  const target = await node.finalizedNumber();
  const [finalized, dispatched] = [status.finalized?.number ?? 0, status.dispatched?.number ?? 0];
  progress.at({ node: node.connection.url, target, finalized, dispatched });
  if (status.command_source === "bodies") return syncBody(session, finalized, target);
  if (status.parachain) return syncParachain(session, status, target);
  if (dispatched < finalized)
    return shrinking(session.options.blocksPerCall, () => dispatch(session, dispatched + 1, finalized));
  if (target < finalized)
    throw new RelayError({ code: "relay/node-behind", node: target, worker: finalized });
  if (target === finalized) return false;
  const parent = fromHex(status.finalized?.hash ?? status.genesis_hash);
  return shrinking(session.options.headersPerCall, () => syncHeaders(session, finalized + 1, parent, target));
}

/** The same for a parachain: commands, then its head at the relay block the worker has, then relay chain headers. */
async function syncParachain(session: Running, status: GetStatus, target: number): Promise<boolean> {
  const { node, worker, crypto, para, paraChain, progress, sources } = session;
  const [relay, finalized, dispatched] = [
    status.parachain?.relay,
    status.finalized?.number ?? 0,
    status.dispatched?.number ?? 0,
  ];
  if (relay === undefined || para === undefined || paraChain === undefined) return false;
  if (dispatched < finalized) {
    const ofPara: Running = {
      ...session,
      node: para.node,
      sources: { ...sources, node: para.node, chain: paraChain },
    };
    return shrinking(session.options.blocksPerCall, () => dispatch(ofPara, dispatched + 1, finalized));
  }
  const syncedTo = await syncPara(crypto, node, para, worker, fromHex(relay.hash), status);
  if (syncedTo !== undefined) {
    progress.note(`parachain blocks ${finalized + 1}..${syncedTo} final by relay block ${relay.number}`);
    return true;
  }
  if (target < relay.number)
    throw new RelayError({ code: "relay/node-behind", node: target, worker: relay.number });
  if (target === relay.number) return false;
  return shrinking(session.options.headersPerCall, () =>
    syncHeaders(session, relay.number + 1, fromHex(relay.hash), target),
  );
}

/** Where a call was too large for the gateway, the next is half of it. */
async function shrinking(size: BatchSize, send: () => Promise<boolean>): Promise<boolean> {
  try {
    const more = await send();
    size.accepted();
    return more;
  } catch (error) {
    if (!wasRefused(error, "http/too-large") || !size.halve()) throw error;
    return true;
  }
}

async function syncHeaders(
  session: Running,
  from: number,
  parent: Uint8Array,
  finalized: number,
): Promise<boolean> {
  const { worker, progress, stats, sources, habits, options } = session;
  const stretch = await nextStretch(sources, { from, parent, finalized, count: options.headersPerCall.size });
  const headers_b64 = stretch.headers.map(({ encoded }, i) => {
    const justification = i === stretch.headers.length - 1 ? stretch.justification : undefined;
    return toBase64(encodeHeaderToSync({ encodedHeader: encoded, justification }));
  });
  try {
    const { synced_to } = await worker.call<{ synced_to: number }>("sync_header", {
      headers_b64,
      authority_set_change_b64: null,
    });
    stats.proofs[stretch.source]++;
    stats.headers += synced_to - from + 1;
    progress.synced(from, synced_to);
  } catch (error) {
    if (!wasRefused(error, "headers/beyond-set-change") || habits.lookBack >= maxLookBack) throw error;
    habits.lookBack *= 8; // the change was announced longer ago than was looked
    sources.chain.forgetSeen();
  }
  return true;
}

async function dispatch(session: Running, from: number, finalized: number): Promise<boolean> {
  const { node, crypto, options, progress, stats, sources } = session;
  const to = Math.min(finalized, from + options.blocksPerCall.size - 1);
  const blocks = await fetchEvents(node, crypto, await sources.chain.fetch(from, to), maxDispatchBytes);
  const send = async (some: readonly Uint8Array[]): Promise<void> => {
    const dispatchedTo = await dispatchBlocks(session, from, some);
    stats.blocks += dispatchedTo - from + 1;
    progress.dispatched(from, dispatchedTo);
  };
  try {
    await send(blocks);
  } catch (error) {
    if (!wasRefused(error, "runtime/metadata-outdated")) throw error;
    if (await proveCode(session, from - 1)) progress.note(`runtime of block ${from - 1} proven`);
    else await send(blocks.slice(0, 1));
  }
  return true;
}

/**
 * Proves the code in the state of the last dispatched block. Answers false when that is not the block that changed the runtime: a header that does not tell of
 * its change, as parachains' did until 2023, has its block in the middle of a batch.
 */
async function proveCode({ node, worker }: Session, number: number): Promise<boolean> {
  try {
    const proof_b64 = (await fetchCodeProof(node, number)).map(toBase64);
    return (await worker.call<{ readonly from: number | null }>("sync_code", { proof_b64 })).from !== null;
  } catch (error) {
    if (!wasRefused(error, "code/not-due")) throw error;
    return false;
  }
}

/** Remarks are fetched only when the worker asks for them, first where they are likely: most blocks have none. */
async function dispatchBlocks(
  { node, worker, crypto }: Session,
  from: number,
  blocks: readonly Uint8Array[],
): Promise<number> {
  const blocks_b64 = blocks.map(toBase64);
  const send = async (more: object): Promise<number | undefined> => {
    try {
      return (
        await worker.call<{ readonly dispatched_to: number }>("dispatch_block", { blocks_b64, ...more })
      ).dispatched_to;
    } catch (error) {
      if (!wasRefused(error, "dispatch/missing-remark")) throw error;
      return undefined;
    }
  };
  let dispatchedTo = await send({});
  for (const lookBack of remarkLookBacks) {
    if (dispatchedTo !== undefined) return dispatchedTo;
    const remarks = await fetchRemarks(node, crypto, blocks, from, lookBack);
    dispatchedTo = await send({ remarks_b64: remarks.map(toBase64) });
  }
  if (dispatchedTo === undefined)
    throw new RelayError({ code: "relay/no-remark", from, to: from + blocks.length - 1 });
  return dispatchedTo;
}

function wasRefused(error: unknown, reason: string): boolean {
  return (
    error instanceof RelayError &&
    error.detail.code === "relay/worker-refused" &&
    error.detail.reason === reason
  );
}

async function syncBody(
  { node, worker, progress, stats }: Session,
  finalized: number,
  target: number,
): Promise<boolean> {
  if (finalized >= target) return false;
  const block = await fetchSignedBlock(node, finalized + 1);
  const { synced_to } = await worker.call<{ synced_to: number }>("sync_block", { data: toBase64(block) });
  stats.blocks += synced_to - finalized;
  progress.dispatched(finalized + 1, synced_to);
  return true;
}

/** The status of an initialized worker on this node's chain. */
async function readyStatus(session: Session): Promise<GetStatus> {
  const { node, para, worker, options, progress } = session;
  const status = await worker.status();
  if (!status.initialized) {
    if (!options.init) throw new RelayError({ code: "relay/not-initialized" });
    await initialize(worker, (by) =>
      para === undefined ? fetchInitInput(node, by) : fetchParachainInput(node, para, by),
    );
    progress.note("worker initialized");
    return readyStatus({ ...session, options: { ...options, init: false } });
  }
  if (status.parachain?.id !== para?.id)
    throw new RelayError({ code: "relay/parachain-mismatch", worker: status.parachain?.id, given: para?.id });
  const genesis = toHex(await (para?.node ?? node).genesisHash());
  if (status.genesis_hash !== genesis)
    throw new RelayError({ code: "relay/wrong-chain", worker: status.genesis_hash, node: genesis });
  return status;
}

/** Proves to the worker what events mean; where it cannot run the chain's code, it is told. */
export async function initialize(
  worker: RemoteWorker,
  input: (by: MeaningBy) => Promise<InitInput>,
): Promise<void> {
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
