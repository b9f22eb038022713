/**
 * Simulated evidence, for development: a measurement and report data, signed with a key whose secret is
 * published below. Any program can make such evidence, so simulated evidence proves nothing. It is a separate
 * kind of evidence, so no policy can mistake it for hardware evidence. document = measurement(32) | report
 * data(64); signature = secp256k1 over SHA-256 of "pruntime/simulated-evidence/1" | document.
 */
import { concat, toHex, utf8 } from "../bytes/index.ts";
import type { Crypto, Secp256k1Signer } from "../crypto/index.ts";
import { ProtocolError } from "../errors/index.ts";
import { CodecError, decodeAll } from "../scale/index.ts";
import { EvidenceError } from "./error.ts";
import type { AuthenticSimulated, SimulatedEvidence } from "./evidence/simulated.ts";

/** The secret of the simulation key, 32 bytes. It is published here on purpose. */
const simulationSecret = utf8("pruntime-simulation-root-secret!");

const tag = utf8("pruntime/simulated-evidence/1");

/**
 * The public key that verifies {@link makeSimulated}'s evidence, compressed secp256k1. A verifier that trusts
 * this key accepts evidence from any program.
 */
export function simulationRoot(crypto: Pick<Crypto, "secp256k1">): Uint8Array {
  return signer(crypto).publicKey;
}

/**
 * Makes the evidence of a development worker.
 * @param measurement 32 bytes
 * @param reportData 64 bytes
 * @throws CodecError `codec/out-of-range` for other lengths
 */
export function makeSimulated(
  crypto: Pick<Crypto, "secp256k1" | "sha256">,
  measurement: Uint8Array,
  reportData: Uint8Array,
): SimulatedEvidence {
  if (measurement.length !== 32) throw new CodecError({ code: "codec/out-of-range", type: "[u8; 32]" });
  if (reportData.length !== 64) throw new CodecError({ code: "codec/out-of-range", type: "[u8; 64]" });
  const document = concat(measurement, reportData);
  return { kind: "simulated", document, signature: signer(crypto).sign(signedHash(crypto, document)) };
}

/** The reasons why {@link verifySimulated} rejects evidence. */
export type SimulatedErrorDetail =
  /** The simulation key did not sign the document. */
  { readonly code: "simulated/bad-signature" };

/** Thrown for simulated evidence whose signature is not valid. */
export class SimulatedError extends ProtocolError<SimulatedErrorDetail> {}

/**
 * Verifies simulated evidence with the simulation root. Without a root, as in production, all simulated
 * evidence is refused.
 * @throws {@link SimulatedError}, EvidenceError `evidence/kind-not-trusted`, CodecError
 */
export function verifySimulated(
  crypto: Pick<Crypto, "secp256k1" | "sha256">,
  root: Uint8Array | undefined,
  { kind, document, signature }: SimulatedEvidence,
): AuthenticSimulated {
  if (root === undefined) throw new EvidenceError({ code: "evidence/kind-not-trusted", kind });
  const [measurement, reportData] = decodeAll(document, (r) => [r.take(32), r.take(64)] as const);
  if (!crypto.secp256k1.verify(root, signedHash(crypto, document), signature))
    throw new SimulatedError({ code: "simulated/bad-signature" });
  return {
    kind: "simulated",
    tcbStatus: "Unversioned",
    advisories: [],
    measurements: { measurement: toHex(measurement) },
    reportData: reportData.slice(),
    debug: false, // the evidence's kind already states that nothing is protected
    validUntilMs: Number.POSITIVE_INFINITY,
  };
}

function signedHash(crypto: Pick<Crypto, "sha256">, document: Uint8Array): Uint8Array {
  return crypto.sha256(concat(tag, document));
}

function signer(crypto: Pick<Crypto, "secp256k1">): Secp256k1Signer {
  return crypto.secp256k1.signer(simulationSecret) as Secp256k1Signer; // the secret is a valid scalar
}
