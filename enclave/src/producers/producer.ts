/**
 * The port to the hardware's attestation. The enclave trusts no quote: it only computes the report data in
 * it.
 */
import type { Provider } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";

/** Makes evidence, without endorsements. */
export interface EvidenceProducer {
  readonly provider: Provider;
  /** Evidence that carries these 64 bytes. @throws QuoteError */
  readonly quote: (reportData: Uint8Array) => Evidence | Promise<Evidence>;
}
