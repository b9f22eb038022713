/** Quotes that public evidence has, with the report data that is known of them. */
import { fixtureBytes, fixtureJson, hasFixtures } from "../../../test/support/fixtures.ts";

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

export function recordedQuotes(
  tee: "sgx" | "tdx",
): readonly (readonly [id: string, recorded: RecordedQuote])[] {
  if (!hasFixtures) return [];
  const cases = fixtureJson("attestation/cases.json") as readonly Case[];
  return cases.flatMap(({ id, kind, quote, expect }) =>
    kind === "dcap" && expect.tee === tee && expect.reportData !== undefined
      ? [
          [
            id,
            { quote: fixtureBytes(`attestation/${quote}`), reportData: bytesOf(expect.reportData) },
          ] as const,
        ]
      : [],
  );
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}
