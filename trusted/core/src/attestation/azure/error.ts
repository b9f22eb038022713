import { ProtocolError } from "../../errors/index.ts";

/** Why evidence of an Azure guest does not verify. */
export type AzureErrorDetail =
  /** The report of Azure's paravisor does not have the layout of one. */
  | { readonly code: "azure/bad-report"; readonly what: string }
  /** The report of Azure's paravisor describes other hardware than the evidence beside it. */
  | { readonly code: "azure/wrong-hardware" }
  /**
   * The hardware's report data is not the hash of the paravisor's claims, so nothing vouches for the vTPM's
   * key.
   */
  | { readonly code: "azure/claims-not-bound" }
  /** The paravisor's claims do not name exactly one RSA key of the vTPM for quotes. */
  | { readonly code: "azure/no-ak" }
  /** The certificate of the vTPM's key names another key than the hardware vouches for. */
  | { readonly code: "azure/ak-mismatch" };

/** Evidence of an Azure guest that does not verify. */
export class AzureError extends ProtocolError<AzureErrorDetail> {}
