/** Bytes in the layouts of quotes, with report data where they have it. Nothing has signed them. */

/** A quote of `length` bytes that begins with `head` and has the report data at an offset. */
function laidOut(length: number, head: readonly number[], at: number, reportData: Uint8Array): Uint8Array {
  const quote = new Uint8Array(length);
  quote.set(head);
  quote.set(reportData, at);
  return quote;
}

export const sgxQuote = (reportData: Uint8Array): Uint8Array => laidOut(1024, [3, 0, 2, 0, 0, 0, 0, 0], 368, reportData);
export const tdxQuote = (reportData: Uint8Array): Uint8Array => laidOut(1024, [4, 0, 2, 0, 0x81, 0, 0, 0], 568, reportData);
export const tdx15Quote = (reportData: Uint8Array): Uint8Array => {
  const quote = laidOut(1024, [5, 0, 2, 0, 0x81, 0, 0, 0], 574, reportData);
  return quote.with(48, 3);
};
export const epidQuote = (reportData: Uint8Array): Uint8Array => laidOut(500, [2, 0, 1, 0], 368, reportData);
export const snpReport = (reportData: Uint8Array): Uint8Array => laidOut(1184, [2, 0, 0, 0], 0x50, reportData);
