/**
 * The page's one connection to the worker that serves it. What the page shows as *signed* was checked here,
 * in the browser.
 */
import { type Signal, signal } from "@preact/signals";
import type { GetStatus } from "@pruntime/api";
import { ClientError, connect, type WorkerClient } from "@pruntime/client";
import { ProtocolError } from "@pruntime/core/errors";
import { findTrust, type Trust } from "./trust.ts";

/** How far the connection has come. */
export type WorkerView =
  | { readonly kind: "connecting" }
  /** Neither address nor server says which worker to believe. */
  | { readonly kind: "asking" }
  | { readonly kind: "waiting" }
  | {
      readonly kind: "connected";
      readonly client: WorkerClient;
      readonly status: GetStatus;
      readonly trust: Trust;
    }
  | { readonly kind: "failed"; readonly reason: string };

/** The current view. It changes at most every two seconds. */
export const worker: Signal<WorkerView> = signal<WorkerView>({ kind: "connecting" });

const refreshMs = 2_000;
let trust: Trust | undefined;

/** Takes the reader's answer to which worker to believe. */
export function believe(said: Trust): void {
  trust = said;
  worker.value = { kind: "connecting" };
}

/** Connects, and then keeps the status up to date. */
export async function watchWorker(): Promise<void> {
  for (;;) {
    worker.value = await look(worker.value);
    await new Promise((resolve) => setTimeout(resolve, refreshMs));
  }
}

async function look(view: WorkerView): Promise<WorkerView> {
  try {
    trust ??= await findTrust();
    if (trust === undefined) return { kind: "asking" };
    const client = view.kind === "connected" ? view.client : await verified(trust);
    return { kind: "connected", client, status: await client.status(), trust };
  } catch (error) {
    if (error instanceof ClientError && error.code === "client/not-initialized") return { kind: "waiting" };
    return { kind: "failed", reason: reasonOf(error) };
  }
}

/** The worker that serves this page, once its evidence is verified here. */
function verified({ policy, anchor }: Trust): Promise<WorkerClient> {
  return connect(globalThis.location.origin, { policy, anchor });
}

/** An error for a person. */
export function reasonOf(error: unknown): string {
  if (error instanceof ClientError && error.detail.code === "client/refused")
    return error.detail.message || error.detail.reason;
  if (error instanceof ClientError && error.detail.code === "client/policy-refused")
    return error.detail.reasons.join("; ");
  if (error instanceof ProtocolError) return error.code;
  return error instanceof Error ? error.message : String(error);
}
