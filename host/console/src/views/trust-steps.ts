/** The steps by which this page judged the worker: what it expected and found, and who vouches for it. */
import { fromHex, toHex } from "@pruntime/core/bytes";
import { type Json, parseJson } from "@pruntime/core/json";
import type { Freshness } from "../session/freshness.ts";
import { freshLimits } from "../session/freshness.ts";
import type { Verified } from "../session/session.ts";

/** Who vouches for a finding: this browser, the worker's signature, or only the host. */
export type Source = "proven here" | "attested" | "reported";

/** What one check expected and found. */
export interface TrustStep {
  readonly name: string;
  readonly expected: string;
  readonly found: string;
  readonly source: Source;
  readonly holds: boolean;
}

/** The steps, in the order in which they were taken. */
export function trustSteps({ client, status, trust }: Verified, freshness: Freshness): readonly TrustStep[] {
  const { attested, worker } = client;
  const policy = typeof trust.policy === "string" ? parseJson(trust.policy) : trust.policy;
  const measurements = measurementsIn(policy);
  const kind = attested?.authentic.kind ?? "none";
  const policyHash = attested === undefined ? "–" : toHex(attested.policyHash);
  return [
    {
      name: "Evidence",
      expected: "authentic, for this worker's keys and a nonce of this browser",
      found: kind === "simulated" ? "simulated: anyone can make it" : kind,
      source: "proven here",
      holds: kind !== "simulated",
    },
    {
      name: "Measurement",
      expected: measurements.length === 0 ? "as the policy says" : measurements.map(short).join(" or "),
      found: status.measurement,
      source: kind === "simulated" ? "attested" : "proven here",
      holds: measurements.length === 0 || measurements.includes(status.measurement),
    },
    {
      name: "Policy",
      expected: "every rule holds, also for earlier holders of the keys",
      found: `all rules hold; policy ${short(policyHash)}`,
      source: "proven here",
      holds: true,
    },
    {
      name: "Valid until",
      expected: "the evidence and the policy are still valid",
      found: attested === undefined ? "–" : untilText(attested.untilMs),
      source: "proven here",
      holds: attested !== undefined && attested.untilMs > Date.now(),
    },
    {
      name: "Chain anchor",
      expected: short(trust.anchor),
      found: toHex(worker.anchor),
      source: "proven here",
      holds: fromHex(trust.anchor).every((byte, at) => byte === worker.anchor[at]),
    },
    {
      name: "Finality",
      expected: "a final block of this chain",
      found: status.finalized === null ? "none" : `block ${status.finalized.number}`,
      source: "attested",
      holds: status.finalized !== null,
    },
    {
      name: "Freshness",
      expected: `at most ${freshLimits.lockedMs / 1_000} s old`,
      found: freshness.ageMs === undefined ? "unknown" : `${Math.round(freshness.ageMs / 1_000)} s old`,
      source: "attested",
      holds: freshness.kind === "fresh" || freshness.kind === "amber",
    },
  ];
}

function short(hex: string): string {
  return hex.length > 20 ? `${hex.slice(0, 8)}…${hex.slice(-6)}` : hex;
}

function untilText(untilMs: number): string {
  return Number.isFinite(untilMs) && untilMs < 8.64e15 ? new Date(untilMs).toISOString() : "no end";
}

/** The measurements that a policy names, in any of its sections. */
function measurementsIn(policy: Json): readonly string[] {
  if (typeof policy !== "object" || policy === null) return [];
  return Object.entries(policy).flatMap(([name, value]) =>
    name === "measurements" && Array.isArray(value)
      ? (value as readonly Json[]).filter((one) => typeof one === "string")
      : name === "lineage"
        ? []
        : measurementsIn(value as Json),
  );
}
