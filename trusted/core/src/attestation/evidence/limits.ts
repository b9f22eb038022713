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

/** The limits that every reader of evidence enforces. */
export const evidenceLimits: EvidenceLimits = {
  quote: 16 * 1024,
  collateral: 256 * 1024,
  eventLog: 1024 * 1024,
  certificate: 8 * 1024,
  other: 16 * 1024,
  certificates: 5,
};
