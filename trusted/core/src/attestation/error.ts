import { ProtocolError } from "../errors/index.ts";

export type EvidenceErrorDetail =
  /** Evidence of a kind whose root is not among the trusted ones: simulated evidence where real hardware is asked for. */
  | { readonly code: "evidence/kind-not-trusted"; readonly kind: string }
  /** Evidence of a kind that this version cannot verify. */
  | { readonly code: "evidence/unsupported-kind"; readonly kind: string }
  /** A part of the evidence is larger than any genuine one. */
  | { readonly code: "evidence/too-large"; readonly part: string; readonly length: number; readonly limit: number };

/** Evidence that cannot even be looked at. */
export class EvidenceError extends ProtocolError<EvidenceErrorDetail> {}
