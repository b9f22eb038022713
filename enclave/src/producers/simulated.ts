/**
 * Evidence without hardware, for development. It is signed by a published key, and its kind is `simulated`.
 */
import { makeSimulated } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import type { EvidenceProducer } from "./producer.ts";

/**
 * Returns a producer of simulated evidence. @param measurement 32 bytes: the hash of the process's own
 * bundle
 */
export function simulated(
  crypto: Pick<Crypto, "secp256k1" | "sha256">,
  measurement: Uint8Array,
): EvidenceProducer {
  return { provider: "simulated", quote: (reportData) => makeSimulated(crypto, measurement, reportData) };
}
