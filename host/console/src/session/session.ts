/**
 * The page's single connection to the worker. The page keeps the last verified status while the worker
 * cannot be reached, and says how old it is.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { GetStatus } from "@pruntime/api";
import { ClientError, connect, type WorkerClient } from "@pruntime/client";
import { reasonOf } from "../reason.ts";
import { type Freshness, freshnessOf } from "./freshness.ts";
import { findTrust, type Trust } from "./trust.ts";

/** What happened when the page last asked the worker. */
export type Contact =
  | { readonly kind: "connecting" }
  /** Neither the address nor the server specifies which worker to trust. */
  | { readonly kind: "asking" }
  /** The worker has no chain yet. */
  | { readonly kind: "waiting" }
  /** The worker has restarted, and syncs up to the highest block that it once knew as final. */
  | { readonly kind: "catching-up" }
  | { readonly kind: "live" }
  /** The worker did not answer, or its answer is too old. What was verified before still stands. */
  | { readonly kind: "offline"; readonly reason: string }
  /** A check failed. */
  | { readonly kind: "refused"; readonly reason: string };

/** A worker whose evidence this page verified, and its latest verified status. */
export interface Verified {
  readonly client: WorkerClient;
  readonly status: GetStatus;
  readonly trust: Trust;
}

/** The result of the latest contact. */
export const contact: Signal<Contact> = signal<Contact>({ kind: "connecting" });
/** The worker, once it has been verified. */
export const verified: Signal<Verified | undefined> = signal(undefined);
/** The browser's clock, in Unix milliseconds, which ticks every second. */
export const nowMs: Signal<number> = signal(Date.now());

/** How old the latest verified block is. */
export const freshness: ReadonlySignal<Freshness> = computed(() =>
  freshnessOf(Number(verified.value?.status.chain_time_ms ?? 0), nowMs.value),
);

/** Why nothing may be sealed or sent now; `undefined` if it may. */
export const locked: ReadonlySignal<string | undefined> = computed(() => {
  if (verified.value === undefined) return "No worker has been verified yet.";
  if (contact.value.kind === "refused") return "The worker is refused, so nothing is sealed to it.";
  if (contact.value.kind !== "live") return "The worker does not answer, so nothing is sent to it.";
  return freshness.value.kind === "locked" ? "The worker's latest block is too old." : undefined;
});

/** The pause between two looks at the worker. */
const refreshMs = 2_000;
let trust: Trust | undefined;

/** Stores the policy and anchor that the user entered. The next look connects with them. */
export function believe(given: Trust | undefined): void {
  trust = given;
  verified.value = undefined;
  contact.value = given === undefined ? { kind: "asking" } : { kind: "connecting" };
}

/** Connects, and then updates the status every two seconds. Never returns. */
export async function watchWorker(): Promise<void> {
  setInterval(() => (nowMs.value = Date.now()), 1_000);
  for (;;) {
    contact.value = await look();
    nowMs.value = Date.now();
    await new Promise((resolve) => setTimeout(resolve, refreshMs));
  }
}

async function look(): Promise<Contact> {
  const asked = trust;
  try {
    if (asked === undefined && contact.value.kind === "asking") return contact.value;
    trust ??= await findTrust();
    if (trust === undefined) return { kind: "asking" };
    const { policy, anchor } = trust;
    const client =
      verified.value?.client ?? (await connect(workerUrl(), { policy, anchor, restartWaitMs: 0 }));
    const status = await client.status();
    if (asked !== undefined && asked !== trust) return contact.value;
    if (status.below_mark) return { kind: "catching-up" };
    verified.value = { client, status, trust };
    return { kind: "live" };
  } catch (error) {
    return contactAfter(error);
  }
}

/** The URL from which the page came, so that the page also works below a path. */
export function workerUrl(): string {
  return new URL(".", globalThis.location.href).href.replace(/\/$/, "");
}

const notAChecksFault = ["client/unreachable", "client/no-worker", "client/stale", "client/no-statement"];

/** What an error of a look says about the worker. */
export function contactAfter(error: unknown): Contact {
  const reason = reasonOf(error);
  if (!(error instanceof ClientError)) return { kind: "refused", reason };
  const { detail } = error;
  if (detail.code === "client/not-initialized") return { kind: "waiting" };
  if (detail.code === "client/refused")
    return detail.reason === "runtime/below-mark" ? { kind: "catching-up" } : { kind: "offline", reason };
  return { kind: notAChecksFault.includes(detail.code) ? "offline" : "refused", reason };
}
