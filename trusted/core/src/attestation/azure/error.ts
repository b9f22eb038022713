import { ProtocolError } from "../../errors/index.ts";

/** The reasons for which evidence of an Azure guest does not verify. */
export type AzureErrorDetail =
  /** The paravisor's report does not have the layout of a paravisor's report. */
  | { readonly code: "azure/bad-report"; readonly what: string }
  /** The paravisor's report describes different hardware from the evidence beside it. */
  | { readonly code: "azure/wrong-hardware" }
  /**
   * The hardware's report data is not the hash of the paravisor's claims. The hardware therefore does not
   * vouch for the vTPM's key.
   */
  | { readonly code: "azure/claims-not-bound" }
  /** The paravisor's claims do not contain exactly one RSA key with which the vTPM signs quotes. */
  | { readonly code: "azure/no-ak" }
  /**
   * The certificate of the vTPM's key contains a different key from the one that the hardware vouches for.
   */
  | { readonly code: "azure/ak-mismatch" };

/** Evidence of an Azure guest that does not verify. */
export class AzureError extends ProtocolError<AzureErrorDetail> {}
