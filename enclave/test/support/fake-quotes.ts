/** Quotes of imaginary hardware. Their report data is overwritten, so their signatures are invalid. */
import { evidence } from "../../../trusted/core/test/attestation/dcap/synthetic.ts";

const [sgx, td10, td15] = [
  evidence().quote,
  evidence({ body: "td10" }).quote,
  evidence({ body: "td15" }).quote,
];

function withBytes(quote: Uint8Array, at: number, bytes: ArrayLike<number>): Uint8Array {
  const changed = quote.slice();
  changed.set(bytes, at);
  return changed;
}

export const sgxQuote = (reportData: Uint8Array): Uint8Array => withBytes(sgx, 48 + 320, reportData);
export const tdxQuote = (reportData: Uint8Array): Uint8Array => withBytes(td10, 48 + 520, reportData);
export const tdx15Quote = (reportData: Uint8Array): Uint8Array => withBytes(td15, 54 + 520, reportData);
export const epidQuote = (reportData: Uint8Array): Uint8Array =>
  withBytes(new Uint8Array(500).with(0, 2), 368, reportData);

/** A report of version 2, with the mandatory policy bit and the only signature algorithm. */
const report = new Uint8Array(1184).with(0, 2).with(10, 2).with(0x34, 1);
export const snpReport = (reportData: Uint8Array): Uint8Array => withBytes(report, 0x50, reportData);
