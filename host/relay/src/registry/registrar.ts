/**
 * Keeps a worker registered while the relay feeds it. Registers the worker if the registry has no record of
 * the worker, or if the record does not match the registry's policy or the worker's ECDH key and anchor.
 */
import type { GetStatus } from "@pruntime/api";
import { fromHex, toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { describe } from "../error.ts";
import type { SubstrateNode } from "../node/node.ts";
import type { RelayStats } from "../watch/stats.ts";
import type { RemoteWorker } from "../worker.ts";
import {
  fetchRegistration,
  fetchStanding,
  type Registration,
  remainingMs,
  type Standing,
  whyRegister,
} from "./registration.ts";

/** The account that registers the worker. */
export interface RegisterOptions {
  /** The account's name in progress messages. */
  readonly account: string;
  /** The account's id, 32 bytes. The worker's evidence is bound to it. */
  readonly operator: Uint8Array;
  /**
   * Signs and submits the registration. Settles when the registration is final, or soon after the signal
   * aborts.
   * @throws ProtocolError when the chain does not accept the registration
   */
  readonly submit: (registration: Registration, signal: AbortSignal) => Promise<unknown>;
  /**
   * The pause after a first failure, in milliseconds. It doubles with each consecutive failure, up to a
   * hundred times this value. Default: 2 000.
   */
  readonly firstPauseMs?: number;
}

/**
 * The consecutive refusals of a registration.
 * @limit refusals
 * @source chosen
 * @past the registrar stops trying until the policy, a key or the anchor changes
 */
const maxRefusals = 5;

/**
 * Errors that do not count as refusals: the chain or the worker is unreachable, or the evidence was used
 * before. Fresh evidence may succeed.
 */
const passing = [
  "relay/node-unreachable",
  "relay/node-timeout",
  "relay/rate-limited",
  "relay/worker-unreachable",
  "client/node-unreachable",
  "Registry.Replayed",
];

/** Registers one worker, and registers it again when its record is no longer valid. */
export class Registrar {
  readonly #options: RegisterOptions;
  readonly #crypto: Crypto;
  readonly #note: (text: string) => void;
  readonly #stats: RelayStats;
  readonly #signal: AbortSignal;
  #running = false;
  #lastHead = "";
  /** The policy, the keys and the anchor at the last check. */
  #matter = "";
  #refusals = 0;
  #failures = 0;
  #restsUntil = 0;

  constructor(
    options: RegisterOptions,
    crypto: Crypto,
    note: (text: string) => void,
    stats: RelayStats,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#crypto = crypto;
    this.#note = note;
    this.#stats = stats;
    this.#signal = signal;
  }

  /**
   * Checks the chain once for each finalized head. If the check or the registration fails, reports the
   * failure. A call after a pause tries again.
   */
  async look(node: SubstrateNode, worker: RemoteWorker): Promise<void> {
    if (this.#running || Date.now() < this.#restsUntil) return;
    this.#running = true;
    try {
      const head = await node.hashAt(await node.finalizedNumber());
      if (toHex(head) === this.#lastHead) return;
      await this.#lookAt(node, worker, head);
      this.#lastHead = toHex(head);
      this.#failures = 0;
    } catch (error) {
      if (this.#signal.aborted) return;
      if (!(error instanceof ProtocolError)) throw error;
      this.#failed(error);
    } finally {
      this.#running = false;
    }
  }

  async #lookAt(node: SubstrateNode, worker: RemoteWorker, head: Uint8Array): Promise<void> {
    const status = await worker.status();
    if (status.below_mark) return; // the worker presents no evidence yet
    const standing = await fetchStanding(node, this.#crypto, fromHex(status.public_key), head);
    this.#turnTo(standing, status);
    const leftMs = remainingMs(standing);
    this.#stats.registrationSec = leftMs === undefined ? undefined : Math.floor(leftMs / 1000);
    const why = whyRegister(standing, status);
    if (why === undefined || this.#refusals >= maxRefusals) return;
    const { account, operator, submit } = this.#options;
    this.#note(`registering the worker for the account ${account}: ${why}`);
    const registration = await fetchRegistration(node, worker, operator);
    await submit(registration, this.#signal);
    this.#refusals = 0;
    this.#note(`worker registered (${status.provider}) with evidence for block ${registration.blockNumber}`);
  }

  /** Resets the count of refusals if the policy, a key or the anchor has changed since the last check. */
  #turnTo(standing: Standing, { public_key, ecdh_public_key, anchor }: GetStatus): void {
    const policy = standing.kind === "no-registry" ? "none" : toHex(standing.policyHash);
    const matter = [policy, public_key, ecdh_public_key, anchor].join("/");
    if (matter === this.#matter) return;
    this.#matter = matter;
    this.#refusals = 0;
    if (standing.kind === "no-registry")
      this.#note("the chain has no registry: the worker is not registered");
  }

  #failed(error: ProtocolError): void {
    if (!passing.includes(reasonOf(error))) this.#refusals++;
    const pauseMs = (this.#options.firstPauseMs ?? 2_000) * Math.min(100, 2 ** this.#failures++);
    this.#restsUntil = Date.now() + pauseMs;
    const next =
      this.#refusals < maxRefusals
        ? `trying again in ${pauseMs / 1000} s`
        : "not retried until its policy or keys change";
    this.#note(`the worker is not registered: ${describe(error)}; ${next}`);
  }
}

/** The chain's reason for a failed transaction; otherwise the error's code. */
function reasonOf(error: ProtocolError): string {
  const { code, reason } = error.detail as { readonly code: string; readonly reason?: unknown };
  return code === "client/transaction-failed" && typeof reason === "string" ? reason : code;
}
