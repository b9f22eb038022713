/** Evidence of SGX enclaves: an Intel quote. */
import type { AuthenticClaims } from "./claims.ts";
import { collateralPart, type DcapEndorsements, type DcapFacts, quotePart } from "./dcap.ts";
import { type EvidenceForm, jsonForm } from "./form.ts";

/** A quote of an enclave. */
export interface SgxEvidence {
  readonly kind: "sgx";
  readonly quote: Uint8Array;
}

/** A quote with Intel's collateral. */
export interface EndorsedSgx extends SgxEvidence, DcapEndorsements {}

/** The version and the configuration of an enclave, in addition to its measurements. */
export interface EnclaveFacts {
  readonly isvProdId: number;
  readonly isvSvn: number;
  readonly attributes: bigint;
  /** The extended features that the enclave may use. */
  readonly xfrm: bigint;
  readonly miscSelect: number;
}

/** The attribute that lets the machine's owner read the enclave's memory. */
export const enclaveDebug = 2n;

/** The facts about a verified quote. */
export interface AuthenticSgx extends AuthenticClaims<"sgx">, DcapFacts, EnclaveFacts {}

/** The JSON form of {@link SgxEvidence}, with and without endorsements. */
export const sgxForm: EvidenceForm<SgxEvidence, EndorsedSgx> = {
  kind: "sgx",
  evidence: jsonForm("sgx", { quote: quotePart }),
  endorsed: jsonForm("sgx", { quote: quotePart, collateral: collateralPart }),
  endorser: { name: "intel", sees: ({ quote }) => quote },
};
