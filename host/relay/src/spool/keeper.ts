/**
 * Fetches ahead of the worker, whether the worker can be reached or not, so that the spool has each finalized
 * block before the node discards its state.
 */
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { RelayError } from "../error.ts";
import { changesRuntime, fetchCodeProof, fetchEvents } from "../fetch/blocks.ts";
import type { Endpoint } from "../node/endpoint.ts";
import type { NodeHeader } from "../node/node.ts";
import { inParallel } from "../node/parallel.ts";
import { subscribeIfOffered } from "../node/subscribe.ts";
import { Bell } from "../session/bell.ts";
import { pause } from "../session/pause.ts";
import type { SpooledNode } from "./node.ts";
import type { Spools } from "./spools.ts";

/** Full nodes keep the states of this many finalized blocks. Older blocks are left to archives. */
const window = 256;
/** Blocks this close to the head are left to the session, which usually fetches them immediately. */
const margin = 16;
const atOnce = 8;
const pollMs = 6_000;
const firstPauseMs = 500;
/**
 * The pause after a spool failed to fetch blocks.
 * @limit ms
 * @source chosen
 * @past later pauses are as long
 */
const longestPauseMs = 30_000;

/** The nodes from which a keeper fetches, the spools that it fills, and the signal that ends it. */
export interface KeeperOptions {
  /** The node to use next. */
  readonly next: () => Endpoint | undefined;
  readonly spools: Spools;
  readonly crypto: Crypto;
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Fetches until the signal aborts or no node is left. After a node's error, the keeper tries again after a
 * pause that grows with each consecutive failure. It does not report the error, because a session with that
 * node does.
 */
export async function keepAhead(options: KeeperOptions): Promise<void> {
  const { next, signal } = options;
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    const endpoint = next();
    if (endpoint === undefined) return;
    try {
      await follow(options, endpoint, () => {
        pauseMs = firstPauseMs;
      });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      await pause(pauseMs, signal);
      pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
    }
  }
}

async function follow(options: KeeperOptions, endpoint: Endpoint, worked: () => void): Promise<void> {
  const { spools, crypto, signal } = options;
  const connection = await endpoint.connect();
  const bell = new Bell();
  let open = true;
  const stop = (): void => connection.close();
  void connection.closed.then(() => {
    open = false;
    bell.ring();
  });
  signal.addEventListener("abort", stop, { once: true });
  try {
    const node = await spools.nodeOf(connection, crypto);
    await subscribeIfOffered(connection, "chain_subscribeFinalizedHeads", () => bell.ring());
    const first = Math.max(0, (await node.finalizedNumber()) - window);
    const progress = { cursor: await node.firstState(first), full: false };
    while (open && !signal.aborted) {
      bell.reset();
      await advance(options, node, progress);
      worked();
      await rungOrLater(bell, signal);
    }
    if (!open) throw new RelayError({ code: "relay/node-unreachable", url: endpoint.url });
  } finally {
    signal.removeEventListener("abort", stop);
    connection.close();
  }
}

async function rungOrLater(bell: Bell, signal: AbortSignal): Promise<void> {
  const rung = new AbortController();
  await Promise.race([bell.rung, pause(pollMs, AbortSignal.any([signal, rung.signal]))]);
  rung.abort();
}

interface KeeperProgress {
  /** A block number. All earlier blocks are in the spool, or no node has them any more. */
  cursor: number;
  /** Whether the keeper has already reported that the spool is full. */
  full: boolean;
}

/** Stores the blocks that the spool lacks, up to the margin below the head, as long as there is room. */
async function advance(options: KeeperOptions, node: SpooledNode, progress: KeeperProgress): Promise<void> {
  const { spool } = node;
  const head = await node.finalizedNumber();
  if (spool.store.full) return; // there is no room until the worker takes blocks
  while (progress.cursor <= head - margin && !options.signal.aborted) {
    const to = Math.min(progress.cursor + atOnce - 1, head - margin);
    const headers = await node.headersAt(progress.cursor, to);
    await inParallel(headers, atOnce, (header) => fetchWhole(options.crypto, node, header));
    await spool.settled();
    if (spool.store.full && !progress.full)
      options.note(`the spool is full of blocks that the worker has not taken, and keeps none from ${to} on`);
    progress.full = spool.store.full;
    if (spool.store.full) return;
    progress.cursor = to + 1;
  }
}

/** Fetches the parts of a block that sessions need, except those that the node has already discarded. */
async function fetchWhole(crypto: Crypto, node: SpooledNode, header: NodeHeader): Promise<void> {
  const known = node.spool.store.at(header.number);
  if (known?.extrinsics !== undefined && known.proofs.length > 0) return;
  try {
    await fetchEvents(node, crypto, [header], Number.POSITIVE_INFINITY); // nodes discard the state first
    const pending = await node.storage(wellKnownKeys.pendingCode, header.hash);
    if (pending !== undefined || changesRuntime(header)) await fetchCodeProof(node, header.hash);
    await node.blockOf(header.hash);
  } catch (error) {
    if (!(error instanceof RelayError) || !lost.includes(error.code)) throw error;
  }
}

const lost: readonly string[] = ["relay/gap", "relay/state-discarded", "relay/no-block"];
