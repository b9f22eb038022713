/**
 * Sets up a chain, a node that serves the chain, a worker, and relays between them. All are closed after each
 * test.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createNativeCrypto } from "@pruntime/crypto-native";
import {
  createDevchain,
  type Devchain,
  type DevchainOptions,
  type Served,
  type ServeOptions,
  serveDevchain,
} from "@pruntime/devchain";
import { lineProgress, newStats, type RelayOptions, type RelayStats, runRelay } from "@pruntime/relay";
import { afterEach } from "vitest";
import { type FakeWorker, startFakeWorker } from "./fake-worker.ts";

export const crypto = await createNativeCrypto({ addons: true });
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Calls `close` after the test. */
export function closeLater(close: () => unknown): void {
  closing.push(close);
}

export interface Scene {
  readonly chain: Devchain;
  readonly node: Served;
  readonly worker: FakeWorker;
  readonly notes: string[];
  readonly stats: RelayStats;
  readonly relay: (options?: Partial<RelayOptions>) => {
    readonly ended: Promise<void>;
    readonly stop: () => Promise<void>;
  };
}

export async function scene(options: DevchainOptions = {}, serving: ServeOptions = {}): Promise<Scene> {
  const chain = await chainOf(options);
  const node = await serve(chain, serving);
  const worker = await startFakeWorker();
  const notes: string[] = [];
  const stats = newStats();
  closing.push(() => worker.close());
  return {
    chain,
    node,
    worker,
    notes,
    stats,
    relay: (overrides = {}) => {
      const controller = new AbortController();
      const progress = lineProgress((line) => notes.push(line));
      const ended = runRelay({
        nodeUrls: [node.url],
        worker: { url: worker.url },
        crypto,
        progress,
        stats,
        signal: controller.signal,
        firstPauseMs: 50,
        maxPauseMs: 500,
        ...overrides,
      });
      const stop = async (): Promise<void> => {
        controller.abort();
        await ended.catch(() => undefined);
      };
      closing.push(stop);
      return { ended, stop };
    },
  };
}

/**
 * A chain that makes blocks on request. Two chains with the same options and the same blocks are identical,
 * so two nodes with different faults can serve one chain.
 */
export async function chainOf(options: DevchainOptions = {}): Promise<Devchain> {
  let time = 1_700_000_000_000;
  const now = (): number => (time += 6_000);
  const chain = await createDevchain({ mode: { kind: "manual" }, crypto, now, ...options });
  closing.push(() => chain.close());
  return chain;
}

export async function serve(chain: Devchain, options: ServeOptions = {}): Promise<Served> {
  const node = await serveDevchain(chain, options);
  closing.push(() => node.close());
  return node;
}

export function blocks(chain: Devchain, count: number, rotateAt: readonly number[] = []): void {
  for (let i = 0; i < count; i++) {
    if (rotateAt.includes(i)) chain.rotateAuthorities();
    chain.produceBlock();
  }
}

/** Waits for a condition. Only the test's own time-out limits the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

/** Returns `from..to` for each call of an action that the worker accepted. */
export function spans({ worker }: Scene, action: string): string[] {
  return worker.calls.filter(([name]) => name === action).map(([, from, to]) => `${from}..${to}`);
}
