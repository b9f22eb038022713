import { ProtocolError } from "../errors/index.ts";

/** The reasons why `verifyEvidence` refuses a kind of evidence. */
export type EvidenceErrorDetail =
  /**
   * The trust roots do not include a root for this kind of evidence. For example, the evidence is simulated,
   * but only real hardware is trusted.
   */
  | { readonly code: "evidence/kind-not-trusted"; readonly kind: string }
  /** Evidence of an Azure guest names SGX as its hardware, but Azure has guests only on TDX and SEV-SNP. */
  | { readonly code: "evidence/unsupported-kind"; readonly kind: string };

/** Thrown for evidence of a kind that this program does not verify. */
export class EvidenceError extends ProtocolError<EvidenceErrorDetail> {}
