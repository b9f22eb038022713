import { ProtocolError } from "../errors/index.ts";

export type EvidenceErrorDetail =
  /**
   * Evidence of a kind whose root is not among the trusted ones: simulated evidence where real hardware is
   * asked for.
   */
  | { readonly code: "evidence/kind-not-trusted"; readonly kind: string }
  /** Evidence of a kind that there is none of: a guest of Azure on anything but TDX or SEV-SNP. */
  | { readonly code: "evidence/unsupported-kind"; readonly kind: string };

/** Evidence that cannot even be looked at. */
export class EvidenceError extends ProtocolError<EvidenceErrorDetail> {}
