/**
 * The page's single connection to the worker that serves the page. Values that the page shows as *signed*
 * were verified here, in the browser.
 */
import { type Signal, signal } from "@preact/signals";
import type { GetStatus } from "@pruntime/api";
import { ClientError, connect, type WorkerClient } from "@pruntime/client";
import { ProtocolError } from "@pruntime/core/errors";
import { findTrust, type Trust } from "./trust.ts";

/** The state of the connection. */
export type WorkerView =
  | { readonly kind: "connecting" }
  /** Neither the address nor the server specifies which worker to trust. */
  | { readonly kind: "asking" }
  | { readonly kind: "waiting" }
  /** The worker has restarted, and syncs up to the highest block that it once knew as final. */
  | { readonly kind: "catching-up" }
  | {
      readonly kind: "connected";
      readonly client: WorkerClient;
      readonly status: GetStatus;
      readonly trust: Trust;
    }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * The current state of the connection. {@link watchWorker} updates the state every two seconds. {@link
 * believe} resets the state when the user enters a policy.
 */
export const worker: Signal<WorkerView> = signal<WorkerView>({ kind: "connecting" });

const refreshMs = 2_000;
let trust: Trust | undefined;

/** Stores the policy and anchor that the user entered. {@link watchWorker} then connects with them. */
export function believe(said: Trust): void {
  trust = said;
  worker.value = { kind: "connecting" };
}

/** Connects, and then updates the status every two seconds. Never returns. */
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
    const status = await client.status();
    return status.below_mark ? { kind: "catching-up" } : { kind: "connected", client, status, trust };
  } catch (error) {
    if (error instanceof ClientError && error.code === "client/not-initialized") return { kind: "waiting" };
    if (isBelowMark(error)) return { kind: "catching-up" };
    return { kind: "failed", reason: reasonOf(error) };
  }
}

function isBelowMark(error: unknown): boolean {
  if (!(error instanceof ClientError)) return false;
  const { detail } = error;
  return detail.code === "client/refused" && detail.reason === "runtime/below-mark";
}

/** Verifies the evidence of the worker that serves this page, and connects to the worker. */
function verified({ policy, anchor }: Trust): Promise<WorkerClient> {
  return connect(globalThis.location.origin, { policy, anchor, restartWaitMs: 0 });
}

/** A short description of an error for the user. */
export function reasonOf(error: unknown): string {
  if (error instanceof ClientError) return reasonOfClient(error.detail);
  if (error instanceof ProtocolError) return error.code;
  return error instanceof Error ? error.message : String(error);
}

function reasonOfClient(detail: ClientError["detail"]): string {
  switch (detail.code) {
    case "client/refused":
      return detail.message || detail.reason;
    case "client/policy-refused":
      return detail.reasons.join("; ");
    case "client/no-such-call":
      return `the chain has no call ${detail.call}`;
    case "client/node-on-other-chain":
      return (
        `the node is of another chain (genesis ${detail.node}) than the worker (genesis ${detail.worker}). ` +
        "Give the address of a node of the worker's chain."
      );
    case "client/not-executed":
      return (
        `the command is final in block ${detail.blockNumber}, but the worker has no receipt for it; ` +
        `it has executed block ${detail.dispatchedNumber}`
      );
    case "client/transaction-failed":
      return `the chain did not accept the transaction: ${detail.reason}`;
    default:
      return detail.code;
  }
}
