/** The port to the hardware's attestation. A quote is bytes that nobody has to believe: what counts is that its report data was computed in here. */
import type { Provider } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";

/** Makes evidence without the collateral that judges it. */
export interface EvidenceProducer {
  readonly provider: Provider;
  /** Evidence that carries these 64 bytes. @throws QuoteError */
  readonly quote: (reportData: Uint8Array) => Evidence | Promise<Evidence>;
}
