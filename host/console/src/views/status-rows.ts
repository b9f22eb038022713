/** The rows of the table of the worker's status, and what vouches for each value. */
import { type GetStatus, stateFullSentence } from "@pruntime/api";
import type { TrustedWorker } from "@pruntime/client";
import { toHex } from "@pruntime/core/bytes";

/**
 * What vouches for a value: the worker's evidence, the worker's signature (this browser has checked both),
 * or only the host.
 */
type Source = "attested" | "signed" | "reported";

/** A row of the table. */
export interface Row {
  readonly name: string;
  readonly value: string;
  readonly source: Source;
}

/** What the table shows. */
export interface Shown {
  readonly status: GetStatus;
  readonly worker: TrustedWorker;
  /** The verified evidence, in one line. */
  readonly evidence: string;
  /** The origin of the page. */
  readonly origin: string;
}

/** The rows, in the order in which the page shows them. */
export function rowsOf({ status, worker, evidence, origin }: Shown): readonly Row[] {
  const attested = (name: string, value: string): Row => ({ name, value, source: "attested" });
  const signed = (name: string, value: string): Row => ({ name, value, source: "signed" });
  const time = Number(status.chain_time_ms);
  return [
    attested("evidence", evidence),
    signed("finalized block", block(status.finalized)),
    signed("executed block", block(status.dispatched)),
    signed("chain time", time === 0 ? "unknown" : new Date(time).toISOString()),
    signed(
      "authority set",
      status.authorities === null
        ? "–"
        : `${status.authorities.set_id} (${status.authorities.count} members)`,
    ),
    signed("recovery keys", recoveryKeys(status.recovery_keys)),
    signed("policies for handovers", status.policy_authority ?? "–"),
    signed("state root", status.state_root),
    signed("meaning of events", meanings[status.meaning ?? "unknown"]),
    signed("chain's runtime", runtime(status.runtime_unreadable)),
    signed("contract state", status.state_full === null ? "has room" : stateFullSentence(status.state_full)),
    attested("genesis", toHex(worker.genesisHash)),
    attested("anchor", toHex(worker.anchor)),
    signed("measurement", status.measurement),
    attested("identity key", toHex(worker.publicKey)),
    { name: "served from", value: origin, source: "reported" },
  ];
}

function block(name: GetStatus["finalized"]): string {
  return name === null ? "–" : `${name.number}  ${name.hash}`;
}

function recoveryKeys(named: GetStatus["recovery_keys"]): string {
  return named === null ? "none" : `${named.threshold} of ${named.keys.length}: ${named.keys.join(" ")}`;
}

const meanings = {
  proven: "the chain's own proven code",
  told: "metadata that the operator gave on trust (--told)",
  bodies: "none: commands are read from block bodies, as in 2020",
  unknown: "–",
} as const;

function runtime(unreadable: GetStatus["runtime_unreadable"]): string {
  if (unreadable === null) return "readable";
  const { since, code } = unreadable;
  return `unreadable from block ${since} on (${code}): answers stay as of the block before`;
}
