import { ProtocolError } from "../../errors/index.ts";

/** The reasons why evidence of an Azure guest does not verify. */
export type AzureErrorDetail =
  /** The paravisor's report does not have the expected layout. */
  | { readonly code: "azure/bad-report"; readonly what: string }
  /**
   * The paravisor's report and the evidence name different kinds of hardware, or contain different SNP
   * reports.
   */
  | { readonly code: "azure/wrong-hardware" }
  /**
   * The hardware's report data is not the hash of the paravisor's claims. The hardware therefore does not
   * vouch for the vTPM's key.
   */
  | { readonly code: "azure/claims-not-bound" }
  /** The paravisor's claims do not contain exactly one RSA key with which the vTPM signs quotes. */
  | { readonly code: "azure/no-ak" }
  /** The key in the vTPM's certificate is not the key that the hardware vouches for. */
  | { readonly code: "azure/ak-mismatch" };

/** Thrown for evidence of an Azure guest that does not verify. */
export class AzureError extends ProtocolError<AzureErrorDetail> {}
