import { ProtocolError } from "../../errors/index.ts";

export type AzureErrorDetail =
  /** A report of Azure's paravisor is not laid out as one. */
  | { readonly code: "azure/bad-report"; readonly what: string }
  /** A report of Azure's paravisor is about other hardware than the evidence beside it. */
  | { readonly code: "azure/wrong-hardware" }
  /**
   * The hardware's report data is not the hash of the paravisor's claims: nothing vouches for the vTPM's key.
   */
  | { readonly code: "azure/claims-not-bound" }
  /** The paravisor's claims do not name one RSA key of the vTPM to verify quotes with. */
  | { readonly code: "azure/no-ak" }
  /** The certificate of the vTPM's key is for another key than the one that the hardware vouches for. */
  | { readonly code: "azure/ak-mismatch" };

/** Evidence of an Azure guest that is not to be believed. */
export class AzureError extends ProtocolError<AzureErrorDetail> {}
