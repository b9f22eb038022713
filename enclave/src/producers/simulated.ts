/** Evidence without hardware, for development: made under a key that everybody knows, and of a kind of its own that says so. */
import { makeSimulated } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import type { EvidenceProducer } from "./producer.ts";

/** @param measurement 32 bytes that the process found itself, by hashing its own bundle */
export function simulated(
  crypto: Pick<Crypto, "secp256k1" | "sha256">,
  measurement: Uint8Array,
): EvidenceProducer {
  return { provider: "simulated", quote: (reportData) => makeSimulated(crypto, measurement, reportData) };
}
