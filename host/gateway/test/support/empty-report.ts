/**
 * An SEV-SNP report of this version. Its other bytes are zero, except for two that are the same in every
 * report.
 */
export function emptyReport(version: number): Uint8Array {
  const bytes = new Uint8Array(1184);
  bytes[0] = version;
  bytes[10] = 2; // the bit of a guest's policy that is always set
  bytes[0x34] = 1; // ECDSA over P-384
  return bytes;
}
