/**
 * The interface to the hardware's attestation. The enclave computes the report data itself and relies on
 * nothing else in a quote.
 */
import type { Provider } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";

/** Makes evidence, without endorsements. */
export interface EvidenceProducer {
  readonly provider: Provider;
  /** Makes evidence that contains these 64 bytes. @throws QuoteError */
  readonly quote: (reportData: Uint8Array) => Evidence | Promise<Evidence>;
}
