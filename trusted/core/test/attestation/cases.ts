/**
 * The recorded cases: evidence from real machines, the results that a verifier must return for the evidence,
 * and changes of single bytes that a verifier must refuse.
 */
import { type Files, recorded } from "../../../../test/support/fixtures.ts";
import { decodePem } from "../../src/asn1/index.ts";
import type { EndorsedEvidence } from "../../src/attestation/index.ts";
import { fromBase64, utf8 } from "../../src/bytes/index.ts";

export interface Tamper {
  readonly name: string;
  readonly offset: number;
  readonly xor: number;
}

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON has no declared shape
type Recorded = any;

/** Reads the cases and the files that they name. */
export class Cases {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  /** All cases of one kind. */
  of(kind: string): readonly Recorded[] {
    return this.#all().filter((one) => one.kind === kind);
  }

  /** The case with the given id. */
  named(id: string): Recorded {
    return this.#all().find((one) => one.id === id);
  }

  bytes(path: string): Uint8Array {
    return this.#files.bytes(`attestation/${path}`);
  }

  text(path: string): string {
    return this.#files.text(`attestation/${path}`);
  }

  json(path: string): Recorded {
    return this.#files.json(`attestation/${path}`);
  }

  /** The DER of each certificate in a PEM file. */
  pem(path: string): readonly Uint8Array[] {
    return decodePem("CERTIFICATE", this.text(path));
  }

  #all(): readonly Recorded[] {
    return this.json("cases.json");
  }
}

/** The evidence of a case. The kind of the case determines which files the evidence consists of. */
export function evidenceOf(cases: Cases, id: string): EndorsedEvidence {
  const one = cases.named(id);
  if (one.kind === "dcap")
    return { kind: one.expect.tee, quote: cases.bytes(one.quote), collateral: cases.bytes(one.collateral) };
  if (one.kind === "sgx-epid-ias") {
    const { raReport, signature, signingCert } = cases.json(one.report);
    return {
      kind: "ias",
      report: utf8(raReport),
      signature: fromBase64(signature),
      certificate: fromBase64(signingCert),
    };
  }
  const [ask, ark, asvk] = cases.pem(one.caChain) as [Uint8Array, Uint8Array, Uint8Array];
  const [vek] = cases.pem(one.vek) as [Uint8Array];
  return {
    kind: "snp",
    report: cases.bytes(one.report),
    vek,
    chain: [one.expect.vekType === "SEV-VLEK" ? asvk : ask, ark],
  };
}

/** A test that has the recorded `cases` in its context. */
export const withCases = recorded.extend("cases", ({ files }) => new Cases(files));

/** A copy with one byte changed. */
export function changed(bytes: Uint8Array, offset: number, xor: number): Uint8Array {
  const copy = bytes.slice();
  copy[offset] = (copy[offset] as number) ^ xor;
  return copy;
}
