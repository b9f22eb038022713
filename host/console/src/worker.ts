/** The page's one connection to the worker that serves it. What it shows as *signed* was checked here, in the browser. */
import { type Signal, signal } from "@preact/signals";
import type { GetStatus } from "@pruntime/api";
import { ClientError, connectTrustingWhoeverAnswers, httpTransport, type WorkerClient } from "@pruntime/client";
import { portableCrypto, type Random } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";

/** What is known of the worker. */
export type WorkerView =
  | { readonly kind: "connecting" }
  | { readonly kind: "waiting" }
  | { readonly kind: "connected"; readonly client: WorkerClient; readonly status: GetStatus }
  | { readonly kind: "failed"; readonly reason: string };

export const worker: Signal<WorkerView> = signal<WorkerView>({ kind: "connecting" });

const refreshMs = 2_000;
const random: Random = (length) => globalThis.crypto.getRandomValues(new Uint8Array(length));

/** Connects, and then keeps the status fresh. */
export async function watchWorker(): Promise<void> {
  for (;;) {
    worker.value = await look(worker.value);
    await new Promise((resolve) => setTimeout(resolve, refreshMs));
  }
}

async function look(view: WorkerView): Promise<WorkerView> {
  try {
    const client = view.kind === "connected" ? view.client : await connect();
    return { kind: "connected", client, status: await client.status() };
  } catch (error) {
    if (error instanceof ClientError && error.code === "client/not-initialized") return { kind: "waiting" };
    return { kind: "failed", reason: reasonOf(error) };
  }
}

function connect(): Promise<WorkerClient> {
  return connectTrustingWhoeverAnswers({
    transport: httpTransport(globalThis.location.origin),
    crypto: portableCrypto,
    random,
    freshness: { now: Date.now, maxAgeMs: 120_000 },
  });
}

/** An error for a person. */
export function reasonOf(error: unknown): string {
  if (error instanceof ClientError && error.detail.code === "client/refused") return error.detail.message || error.detail.reason;
  if (error instanceof ProtocolError) return error.code;
  return error instanceof Error ? error.message : String(error);
}
