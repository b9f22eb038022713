/**
 * The registry of workers: whoever shows evidence that is authentic, bound to this chain and a recent block, and accepted by the policy of the chain,
 * is in it. It runs the same verifier as workers and clients.
 */
import {
  type Authentic,
  appraise,
  decodeEndorsedEvidence,
  decodePolicy,
  type EndorsedEvidence,
  type Policy,
  policyHash,
  verifyBinding,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { from0x, fromHex, fromUtf8, to0x, utf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { canonicalJson, parseJson } from "@pruntime/core/json";
import { capitalised } from "../metadata/named-types.ts";
import { evidenceWindow, maxEvidence } from "../metadata/pallets.ts";
import type { Context } from "./context.ts";
import { DispatchFailure } from "./failure.ts";
import type { StoredWorker, Unit } from "./storage.ts";

interface SetPolicy {
  readonly policy: Uint8Array;
}

/** The arguments of `register_worker`; keys and hashes are 0x-hex. */
interface Registration {
  readonly evidence: Uint8Array;
  readonly public_key: string;
  readonly ecdh_public_key: string;
  readonly anchor: string;
  readonly block_number: number;
}

interface Deregistration {
  readonly public_key: string;
}

/** A policy's one text, as the state has it. @throws ProtocolError */
export function canonicalPolicy(text: string): Uint8Array {
  decodePolicy(text);
  return utf8(canonicalJson(parseJson(text)));
}

/** Judges nobody anew: records name the policy they were accepted under. @throws {@link DispatchFailure} */
export function setPolicy(context: Context, who: string, { policy }: SetPolicy): void {
  const { storage, deposit } = context;
  if (who !== storage.get("Registry.Admin")) throw failure(context, "NotAdmin");
  storage.put(
    "Registry.Policy",
    orFail(context, "BadPolicy", () => canonicalPolicy(fromUtf8(policy))),
  );
  deposit("Registry", "PolicyChanged", { hash: currentPolicy(context).hash });
}

/** @throws {@link DispatchFailure} */
export function registerWorker(context: Context, operator: string, registration: Registration): void {
  const { runtime, storage, deposit } = context;
  const { public_key } = registration;
  const evidence = decodeRegistration(context, registration);
  const { authentic, policyHash } = verifyRegistration(context, registration, evidence);
  const worker: StoredWorker = {
    operator,
    ...factsOf(authentic),
    ecdh_public_key: registration.ecdh_public_key,
    genesis_hash: storage.get("System.BlockHash", 0),
    anchor: registration.anchor,
    registered_at: storage.get("System.Number"),
    registered_ms: storage.get("Timestamp.Now"),
    evidence_block: registration.block_number,
    evidence_hash: to0x(runtime.crypto.blake2b256(registration.evidence)),
    policy_hash: policyHash,
  };
  storage.put("Registry.Workers", worker, public_key);
  storage.put("Registry.Evidence", registration.evidence, public_key);
  storage.put("Registry.LastEvidenceBlock", registration.block_number, public_key);
  deposit("Registry", "WorkerRegistered", {
    public_key,
    operator,
    kind: worker.kind,
    evidence_hash: worker.evidence_hash,
  });
}

/** What it was fresh over is not forgotten: shown again, the evidence of a removed worker is a replay. @throws {@link DispatchFailure} */
export function deregisterWorker(context: Context, who: string, { public_key }: Deregistration): void {
  const { storage, deposit } = context;
  if (!storage.has("Registry.Workers", public_key)) throw failure(context, "NotRegistered");
  const { operator } = storage.get("Registry.Workers", public_key);
  if (who !== operator && who !== storage.get("Registry.Admin")) throw failure(context, "NotOperator");
  storage.delete("Registry.Workers", public_key);
  storage.delete("Registry.Evidence", public_key);
  deposit("Registry", "WorkerRemoved", { public_key });
}

/** What costs little is asked first. */
function decodeRegistration(
  context: Context,
  { evidence, public_key, block_number }: Registration,
): EndorsedEvidence {
  const { storage } = context;
  if (evidence.length > maxEvidence) throw failure(context, "EvidenceTooLarge");
  const number = storage.get("System.Number");
  if (block_number >= number || block_number < number - evidenceWindow) throw failure(context, "StaleBlock");
  if (
    storage.has("Registry.LastEvidenceBlock", public_key) &&
    block_number <= storage.get("Registry.LastEvidenceBlock", public_key)
  )
    throw failure(context, "Replayed");
  return orFail(context, "BadEvidence", () => decodeEndorsedEvidence(fromUtf8(evidence)));
}

/** The facts, and by which policy they were accepted. */
interface Accepted {
  readonly authentic: Authentic;
  readonly policyHash: string;
}

function verifyRegistration(
  context: Context,
  registration: Registration,
  evidence: EndorsedEvidence,
): Accepted {
  const { runtime, storage } = context;
  const [{ crypto }, atMs] = [runtime, Number(storage.get("Timestamp.Now"))];
  if (evidence.kind === "simulated" && storage.get("Registry.Mode").type === "Production")
    throw failure(context, "SimulatedInProduction"); // whatever the policy says
  const authentic = orFail(context, "NotAuthentic", () =>
    verifyEvidence(crypto, runtime.attestationRoots, evidence, atMs),
  );
  const expected = {
    purpose: "registration",
    publicKey: from0x(registration.public_key),
    ecdhPublicKey: from0x(registration.ecdh_public_key),
    genesisHash: from0x(storage.get("System.BlockHash", 0)),
    anchor: from0x(registration.anchor),
    nonce: from0x(storage.get("System.BlockHash", registration.block_number)),
  } as const;
  orFail(context, "WrongReportData", () => verifyBinding(crypto, expected, authentic));
  if (authentic.debug) throw failure(context, "Debug"); // whatever the policy says
  const { policy, hash } = currentPolicy(context);
  if (!appraise(policy, authentic, atMs).accepted) throw failure(context, "NotAccepted");
  return { authentic, policyHash: hash };
}

function currentPolicy({ runtime, storage }: Context): { readonly policy: Policy; readonly hash: string } {
  const text = fromUtf8(storage.get("Registry.Policy"));
  return { policy: decodePolicy(text), hash: to0x(policyHash(runtime.crypto, parseJson(text))) };
}

function factsOf({
  kind,
  tcbStatus,
  advisories,
  measurements,
}: Authentic): Pick<StoredWorker, "kind" | "tcb_status" | "advisories" | "measurements"> {
  return {
    kind: unit(capitalised(kind)),
    tcb_status: unit(tcbStatus),
    advisories,
    measurements: Object.entries(measurements).map(([name, value]) => ({ name, value: fromHex(value) })),
  };
}

function unit(type: string): Unit {
  return { type, value: undefined };
}

/** What the verifier refuses is an error of the pallet; anything but a coded error is a bug. */
function orFail<T>(context: Context, error: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw failure(context, error);
  }
}

function failure({ runtime }: Context, error: string): DispatchFailure {
  return new DispatchFailure(runtime.codecs.moduleError("Registry", error));
}
