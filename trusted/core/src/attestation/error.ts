import { ProtocolError } from "../errors/index.ts";

/** Why `verifyEvidence` does not look at evidence. */
export type EvidenceErrorDetail =
  /** The roots do not include one for this kind: simulated evidence where only real hardware is trusted. */
  | { readonly code: "evidence/kind-not-trusted"; readonly kind: string }
  /** No such evidence exists: Azure has guests only on TDX and SEV-SNP. */
  | { readonly code: "evidence/unsupported-kind"; readonly kind: string };

/** Evidence of a kind that is not verified. */
export class EvidenceError extends ProtocolError<EvidenceErrorDetail> {}
