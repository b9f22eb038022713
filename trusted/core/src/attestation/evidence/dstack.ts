/** Evidence of dstack guests: a TDX quote, and the event log that explains its run-time registers. */
import type { AuthenticClaims } from "./claims.ts";
import { collateralPart, type DcapEndorsements, quotePart } from "./dcap.ts";
import { type EvidenceForm, jsonForm, textPart } from "./form.ts";
import { evidenceLimits } from "./limits.ts";
import type { TdxFacts } from "./tdx.ts";

/** A TD's quote and its event log. */
export interface DstackEvidence {
  readonly kind: "dstack";
  readonly quote: Uint8Array;
  /** UTF-8 JSON, a list of events. */
  readonly eventLog: Uint8Array;
}

/** A TD's quote and its event log, with Intel's collateral. */
export interface EndorsedDstack extends DstackEvidence, DcapEndorsements {}

/** The facts about a verified quote, and about the event log that the quote vouches for. */
export interface AuthenticDstack extends AuthenticClaims<"dstack">, TdxFacts {
  /**
   * The payloads, in hex and by event name, of the boot events that the registers vouch for: `app-id`,
   * `compose-hash`, `instance-id`, …
   */
  readonly events: Readonly<Record<string, string>>;
}

const evidence = { quote: quotePart, eventLog: textPart("event_log", evidenceLimits.eventLog) };

/** The JSON form of {@link DstackEvidence}, with and without endorsements. */
export const dstackForm: EvidenceForm<DstackEvidence, EndorsedDstack> = {
  kind: "dstack",
  evidence: jsonForm("dstack", evidence),
  endorsed: jsonForm("dstack", { ...evidence, collateral: collateralPart }),
  endorser: { name: "intel", sees: ({ quote }) => quote },
};
