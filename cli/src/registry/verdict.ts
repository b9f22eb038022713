/**
 * Verdicts on registered workers. A verdict either repeats the chain's decision or results from verifying
 * the worker's evidence again.
 */
import {
  type Authentic,
  appraise,
  appraiseLineage,
  decodeEndorsedEvidence,
  developmentRoots,
  hardwareRoots,
  type Policy,
  verifyBinding,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { equal, fromUtf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { recordEndsMs, type WorkerRecord } from "@pruntime/core/registry";
import type { RegisteredWorker, RegistryState } from "./state.ts";

/**
 * `accepted`: the registry's current policy, or the policy that the user gave, accepts the worker. `stale`:
 * the registry accepted the worker under an earlier policy, or longer ago than the policy allows
 * (`maxAgeSec`, `notAfter`), and this command did not examine the evidence.
 * `refused`: this command examined the evidence, and refuses it.
 */
export interface RecordVerdict {
  readonly verdict: "accepted" | "stale" | "refused";
  /** Whether this command examined the evidence. If it did not, the verdict repeats the chain's decision. */
  readonly verified: boolean;
  /**
   * The reasons for a refusal: the policy's rules that failed; the verifier's error code; `evidence-hash` if
   * the state lacks the evidence that the record names; or `record` if the record differs from the evidence.
   */
  readonly reasons: readonly { readonly rule: string; readonly said: string }[];
}

/** Returns the verdict of a command that trusts the chain's decision. */
export function verdictByChain(
  { policy, policyHash, timeMs }: RegistryState,
  worker: WorkerRecord,
): RecordVerdict {
  const current = equal(worker.policyHash, policyHash) && timeMs <= recordEndsMs(policy, worker);
  return { verdict: current ? "accepted" : "stale", verified: false, reasons: [] };
}

/** The evidence of a worker, and the values from the chain to which the evidence must be bound. */
export interface Looked {
  /** The worker's evidence, as JSON text from the state; `undefined` if the state has none. */
  readonly evidence: Uint8Array | undefined;
  readonly genesisHash: Uint8Array;
  /** The hash of the record's `evidenceBlock`. */
  readonly nonce: Uint8Array;
}

/**
 * The verdict that results from verifying the evidence. The evidence must have been authentic at
 * registration, be bound to the record's keys, agree with the record, and be accepted by `policy` at the
 * chain's time.
 */
export function verdictByEvidence(
  crypto: Crypto,
  policy: Policy,
  { mode, timeMs }: RegistryState,
  worker: RegisteredWorker,
  looked: Looked,
): RecordVerdict {
  const { evidence } = looked;
  if (evidence === undefined || !equal(crypto.blake2b256(evidence), worker.evidenceHash))
    return refused("evidence-hash", "the state has no evidence with the hash in its record");
  try {
    const authentic = authenticOf(crypto, mode === "development", worker, evidence, looked);
    if (!isAsRecorded(worker, authentic)) return refused("record", "its record differs from its evidence");
    const ofCode = appraise(policy, authentic, timeMs).reasons;
    const reasons = [...ofCode, ...appraiseLineage(policy, worker.lineage, timeMs)];
    return { verdict: reasons.length === 0 ? "accepted" : "refused", verified: true, reasons };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return refused(error.code, "its evidence is not authentic or not bound to its keys");
  }
}

function authenticOf(
  crypto: Crypto,
  simulation: boolean,
  worker: RegisteredWorker,
  evidence: Uint8Array,
  { genesisHash, nonce }: Looked,
): Authentic {
  const roots = simulation ? developmentRoots(crypto) : hardwareRoots;
  const authentic = verifyEvidence(
    crypto,
    roots,
    decodeEndorsedEvidence(fromUtf8(evidence)),
    Number(worker.registeredMs),
  );
  const { publicKey, ecdhPublicKey, anchor, lineage, operator } = worker;
  verifyBinding(
    crypto,
    { purpose: "registration", publicKey, ecdhPublicKey, genesisHash, anchor, nonce, lineage, operator },
    authentic,
  );
  return authentic;
}

function isAsRecorded({ kind, tcbStatus, measurements }: WorkerRecord, authentic: Authentic): boolean {
  const names = Object.keys(authentic.measurements);
  return (
    kind === authentic.kind &&
    tcbStatus === authentic.tcbStatus &&
    names.length === Object.keys(measurements).length &&
    names.every((name) => measurements[name] === authentic.measurements[name])
  );
}

function refused(rule: string, said: string): RecordVerdict {
  return { verdict: "refused", verified: true, reasons: [{ rule, said }] };
}
