/** Evidence of TDX guests: an Intel quote. */
import type { AuthenticClaims } from "./claims.ts";
import { collateralPart, type DcapEndorsements, type DcapFacts, quotePart } from "./dcap.ts";
import { type EvidenceForm, jsonForm } from "./form.ts";

/** A quote of a TD. */
export interface TdxEvidence {
  readonly kind: "tdx";
  readonly quote: Uint8Array;
}

/** A quote with Intel's collateral. */
export interface EndorsedTdx extends TdxEvidence, DcapEndorsements {}

/** The configuration of a TD, in addition to its measurements. */
export interface TdxFacts extends DcapFacts {
  readonly tdAttributes: bigint;
  readonly xfam: bigint;
  /** 48 bytes, hex; zeros if there is no service TD. `undefined` in a quote with the TDX 1.0 body. */
  readonly mrServiceTd: string | undefined;
}

/** The facts about a verified quote. */
export interface AuthenticTdx extends AuthenticClaims<"tdx">, TdxFacts {}

/** The JSON form of {@link TdxEvidence}, with and without endorsements. */
export const tdxForm: EvidenceForm<TdxEvidence, EndorsedTdx> = {
  kind: "tdx",
  evidence: jsonForm("tdx", { quote: quotePart }),
  endorsed: jsonForm("tdx", { quote: quotePart, collateral: collateralPart }),
  endorser: { name: "intel", sees: ({ quote }) => quote },
};
