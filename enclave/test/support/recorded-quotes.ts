/** Recorded quotes from published evidence, with their known report data. */
import type { Files } from "../../../test/support/fixtures.ts";

export interface RecordedQuote {
  readonly quote: Uint8Array;
  readonly reportData: Uint8Array;
}

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly quote: string;
  readonly expect: { readonly tee?: string; readonly reportData?: string };
}

/** Returns the recorded quote with this id in `attestation/cases.json`. */
export function recordedQuote(files: Files, id: string): RecordedQuote {
  const cases = files.json("attestation/cases.json") as readonly Case[];
  const found = cases.find((one) => one.id === id);
  if (found?.expect.reportData === undefined) throw new Error(`no recorded quote ${id} with report data`);
  return {
    quote: files.bytes(`attestation/${found.quote}`),
    reportData: bytesOf(found.expect.reportData),
  };
}

/** Returns the ids of all recorded quotes of a TEE whose report data is known. */
export function recordedQuoteIds(files: Files, tee: "sgx" | "tdx"): readonly string[] {
  return (files.json("attestation/cases.json") as readonly Case[])
    .filter(({ kind, expect }) => kind === "dcap" && expect.tee === tee && expect.reportData !== undefined)
    .map(({ id }) => id);
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}
