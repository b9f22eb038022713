/** The recorded cases: evidence of real machines, what a verifier must make of it, and single changes that it must not accept. */
import { fixtureBytes, fixtureJson, fixtureText, hasFixtures } from "../../../../test/support/fixtures.ts";
import { decodePem } from "../../src/asn1/index.ts";

export const folder = "attestation";

export interface Tamper {
  readonly name: string;
  readonly offset: number;
  readonly xor: number;
}

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON has no declared shape; each test picks what it needs
type Recorded = any;

/** Cases of one kind; none where recorded data is absent. */
export function casesOf(kind: string): readonly Recorded[] {
  if (!hasFixtures) return [];
  return (fixtureJson(`${folder}/cases.json`) as readonly Recorded[]).filter((one) => one.kind === kind);
}

export const recorded = (path: string): Uint8Array => fixtureBytes(`${folder}/${path}`);
export const recordedText = (path: string): string => fixtureText(`${folder}/${path}`);
export const recordedJson = (path: string): Recorded => fixtureJson(`${folder}/${path}`);
export const recordedPem = (path: string): readonly Uint8Array[] =>
  decodePem("CERTIFICATE", recordedText(path));

/** A copy with one byte changed. */
export function changed(bytes: Uint8Array, offset: number, xor: number): Uint8Array {
  const copy = bytes.slice();
  copy[offset] = (copy[offset] as number) ^ xor;
  return copy;
}
