/**
 * Evidence of a development worker without hardware. Such evidence proves nothing, so it is a separate kind
 * of evidence.
 */
import type { AuthenticClaims } from "./claims.ts";
import { bytesPart, type EvidenceForm, jsonForm } from "./form.ts";
import { evidenceLimits } from "./limits.ts";

/** A document signed with a key whose secret is published. Simulated evidence needs no endorsements. */
export interface SimulatedEvidence {
  readonly kind: "simulated";
  readonly document: Uint8Array;
  readonly signature: Uint8Array;
}

/** The facts about a verified document that a simulation made. */
export type AuthenticSimulated = AuthenticClaims<"simulated">;

const json = jsonForm<SimulatedEvidence>("simulated", {
  document: bytesPart("document_b64", evidenceLimits.other),
  signature: bytesPart("signature_b64", evidenceLimits.other),
});

/** The JSON form of {@link SimulatedEvidence}. */
export const simulatedForm: EvidenceForm<SimulatedEvidence, SimulatedEvidence> = {
  kind: "simulated",
  evidence: json,
  endorsed: json,
  endorser: undefined,
};
