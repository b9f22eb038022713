/**
 * The greatest lengths of the parts of evidence, in bytes, and the greatest number of certificates. Genuine
 * parts are much smaller.
 */
export interface EvidenceLimits {
  readonly quote: number;
  readonly collateral: number;
  readonly eventLog: number;
  readonly certificate: number;
  /** Any other part: a report, a message, a signature. */
  readonly other: number;
  /** The greatest number of certificates in a chain. */
  readonly certificates: number;
}

/**
 * The parts of evidence: a quote, collateral, an event log, one certificate, any other part, and the
 * certificates of a chain.
 * @limit bytes, bytes, bytes, bytes, bytes, certificates
 * @source chosen: genuine parts are much smaller
 * @past `json/out-of-range`; `dcap/quote-too-long` or `dcap/collateral-too-long` for these parts alone
 */
export const evidenceLimits: EvidenceLimits = {
  quote: 16 * 1024,
  collateral: 256 * 1024,
  eventLog: 1024 * 1024,
  certificate: 8 * 1024,
  other: 16 * 1024,
  certificates: 5,
};
