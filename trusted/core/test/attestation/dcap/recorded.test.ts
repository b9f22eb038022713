/** Real quotes and collateral; `cases.json` beside them says what Intel's own library made of each. */
import { createNativeCrypto } from "@pruntime/crypto-native";
import { beforeAll, expect, it } from "vitest";
import {
  describeRecorded,
  fixtureBytes,
  fixtureJson,
  hasFixtures,
} from "../../../../../test/support/fixtures.ts";
import {
  decodeQuote,
  type EndorsedDcap,
  intelRoot,
  verifyDcap,
  verifyPckChain,
} from "../../../src/attestation/index.ts";
import { fromUtf8, toHex, utf8 } from "../../../src/bytes/index.ts";
import { type Crypto, portableCrypto } from "../../../src/crypto/index.ts";
import { codeOf } from "../../support/code.ts";
import { remembering } from "./remembering.ts";

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly quote: string;
  readonly collateral: string;
  readonly at: string;
  readonly expect: Readonly<Record<string, unknown>>;
  readonly tampers?: readonly { readonly name: string; readonly offset: number; readonly xor: number }[];
}

const all: readonly Case[] = hasFixtures ? fixtureJson("attestation/cases.json") : [];
const cases = all.filter(({ kind }) => kind === "dcap");
const named = (id: string) => cases.find((known) => known.id === id) as Case;
const file = (path: string) => fixtureBytes(`attestation/${path}`);

const evidenceOf = ({ quote, collateral }: Case): EndorsedDcap => ({
  kind: /^dcap\/td/.test(quote) ? "tdx" : "sgx",
  quote: file(quote),
  collateral: file(collateral),
});

let crypto: Crypto;
beforeAll(async () => {
  crypto = remembering(await createNativeCrypto());
});

const verify = (known: Case, change: Partial<EndorsedDcap> = {}) =>
  verifyDcap(crypto, intelRoot, Date.parse(known.at), { ...evidenceOf(known), ...change });
const flip = (bytes: Uint8Array, offset: number, xor: number) =>
  bytes.map((byte, i) => (i === offset ? byte ^ xor : byte));

describeRecorded("recorded DCAP evidence", () => {
  const authentic = cases.filter(
    ({ expect }) => expect["signaturesValid"] === true && expect["tcbStatus"] !== "NotSupported",
  );

  it("is all there", () => expect([cases.length, authentic.length]).toEqual([28, 20]));

  it.each(authentic)("$id: status, advisories and measurements", (known) => {
    const verdict = verify(known);
    const { expect: want } = known;
    expect({
      tcbStatus: verdict.tcbStatus,
      advisoryIDs: verdict.advisories,
      qeTcbStatus: verdict.qeTcbStatus,
      tcbEvaluationDataNumber: verdict.tcbEvaluationDataNumber,
      fmspc: verdict.fmspc,
      tee: verdict.kind,
      debug: verdict.debug,
      reportData: toHex(verdict.reportData),
    }).toEqual({
      tcbStatus: want["tcbStatus"],
      advisoryIDs: [...(want["advisoryIDs"] as readonly string[])].sort(),
      qeTcbStatus: want["qeTcbStatus"],
      tcbEvaluationDataNumber: want["tcbEvaluationDataNumber"],
      fmspc: want["fmspc"],
      tee: want["tee"],
      debug: want["debug"],
      reportData: want["reportData"],
    });
    const measured = Object.entries(want).filter(([name]) => /^(mr(?!ServiceTd)|rtmr)/.test(name));
    expect(Object.fromEntries(measured.map(([name, value]) => [name.toLowerCase(), value]))).toEqual(
      verdict.measurements,
    );
    if (verdict.kind === "sgx")
      expect([verdict.isvProdId, verdict.isvSvn]).toEqual([want["isvProdId"], want["isvSvn"]]);
    else {
      expect(verdict.septVeDisable).toBe(want["septVeDisable"]);
      expect(verdict.mrServiceTd).toBe(want["mrServiceTd"] ?? "00".repeat(48));
    }
  });

  it("comes to the same under the portable provider", () => {
    const known = named("tdx5-relaunch-advised");
    expect(verifyDcap(portableCrypto, intelRoot, Date.parse(known.at), evidenceOf(known))).toEqual(
      verify(known),
    );
  });

  const tampered = cases.flatMap((known) =>
    (known.tampers ?? []).map((tamper) => ({ id: known.id, ...tamper })),
  );

  it.each(tampered)("$id, tampered: $name", ({ id, offset, xor }) => {
    const known = named(id);
    expect(codeOf(() => verify(known, { quote: flip(file(known.quote), offset, xor) }))).not.toBe("accepted");
  });

  it.each([
    [
      "unmatched level returned as usable: tdx5-azure-notsupported",
      "tdx5-azure-notsupported",
      "dcap/no-tcb-level",
    ],
    [
      "expired / not yet valid collateral: neg-tdx-before-issue",
      "neg-tdx-before-issue",
      "x509/crl-not-yet-valid",
    ],
    ["expired / not yet valid collateral: neg-tdx-after-expiry", "neg-tdx-after-expiry", "x509/crl-expired"],
    ["expired CRL: neg-tdx-old-pck-crl", "neg-tdx-old-pck-crl", "x509/crl-expired"],
    ["CRL not authenticated: neg-tdx-testca-root-crl", "neg-tdx-testca-root-crl", "x509/crl-bad-signature"],
    ["FMSPC or TEE mismatch: neg-tdx-fmspc-mismatch", "neg-tdx-fmspc-mismatch", "dcap/collateral-mismatch"],
    ["QE identity skipped: neg-tdx-sgx-qe-identity", "neg-tdx-sgx-qe-identity", "dcap/collateral-mismatch"],
    [
      "expired / not yet valid collateral: neg-sgx-scrt-disjoint",
      "neg-sgx-scrt-disjoint",
      "dcap/collateral-expired",
    ],
  ])("%s", (_, id, code) => {
    expect(codeOf(() => verify(named(id)))).toBe(code);
  });

  it("names every case that must fail above", () => {
    const failing = cases.filter(
      ({ expect }) => expect["mustFail"] === true || expect["tcbStatus"] === "NotSupported",
    );
    expect(failing.length).toBe(8);
  });

  it("wrong CA's CRL: the processor CA's list does not judge a platform CA's key", () => {
    const known = named("tdx-qvl-uptodate-2025");
    const collateral = JSON.parse(fromUtf8(file(known.collateral)));
    const other = JSON.parse(fromUtf8(file(named("sgx-phala-helloworld-2025").collateral)));
    expect(codeOf(() => verify(known, { collateral: utf8(JSON.stringify(collateral)) }))).toBe("accepted");
    expect(
      codeOf(() =>
        verify(known, { collateral: utf8(JSON.stringify({ ...collateral, pck_crl: other.pck_crl })) }),
      ),
    ).toBe("x509/crl-wrong-issuer");
  });

  it("garbage CRL ignored: deadbeef is no list", () => {
    const known = named("tdx-qvl-uptodate-2025");
    const collateral = JSON.parse(fromUtf8(file(known.collateral)));
    for (const part of ["pck_crl", "root_ca_crl"])
      expect(
        codeOf(() =>
          verify(known, { collateral: utf8(JSON.stringify({ ...collateral, [part]: "deadbeef" })) }),
        ),
      ).toMatch(/^asn1\//);
  });

  it("TCB downgrade through old collateral: one quote, one day, two statuses, told apart by the evaluation number", () => {
    const [old, recent] = [
      verify(named("sgx-tlsn-eval17-swhardening")),
      verify(named("sgx-tlsn-eval19-outofdate")),
    ];
    expect([old.tcbStatus, old.tcbEvaluationDataNumber]).toEqual(["SWHardeningNeeded", 17]);
    expect([recent.tcbStatus, recent.tcbEvaluationDataNumber]).toEqual(["OutOfDate", 19]);
  });

  it.each(["sgx-phala-helloworld-2025", "tdx5-google-uptodate"])(
    "no flipped bit is ever accepted: every byte of %s",
    (id) => {
      const known = named(id);
      const evidence = evidenceOf(known);
      const at = Date.parse(known.at);
      for (let i = 0; i < evidence.quote.length; i++) {
        const quote = evidence.quote.slice();
        quote[i] = (quote[i] as number) ^ (1 << (i & 7));
        if (codeOf(() => verifyDcap(crypto, intelRoot, at, { ...evidence, quote })) === "accepted")
          expect.unreachable(`a bit of byte ${i}`);
      }
    },
  );
});

describeRecorded("recorded structures", () => {
  const at = Date.UTC(2024, 0, 1);
  const structures = all.filter(({ kind }) => kind === "dcap-structure");
  const quoteOf = (id: string) => file((structures.find((known) => known.id === id) as Case).quote);
  const chainCode = (id: string) =>
    codeOf(() => verifyPckChain(crypto, intelRoot, at, decodeQuote(quoteOf(id))));

  it("are all there", () => expect(structures.length).toBe(5));

  it("trailing bytes, padded quotes: raw-gcp-8000-zero-padded", () => {
    const [padded, known] = [quoteOf("raw-gcp-8000-zero-padded"), named("tdx-module-identity-gcp-cos113")];
    expect(padded.length).toBe(8000);
    expect(verify(known, { quote: padded })).toEqual(verify(known));
    for (const offset of [4935, 5000, 7999])
      expect(codeOf(() => verify(known, { quote: flip(padded, offset, 1) }))).toBe("dcap/trailing-bytes");
  });

  it("certdata-type3-oasis: read, and refused for want of a certificate", () => {
    expect(decodeQuote(quoteOf("certdata-type3-oasis")).certificationDataType).toBe(3);
    expect(chainCode("certdata-type3-oasis")).toBe("dcap/pck-chain-missing");
  });

  it("out-of-order certificates: chain-order-fortanix", () =>
    expect(chainCode("chain-order-fortanix")).toBe("accepted"));

  it("oe-report-bad", () => expect(chainCode("oe-report-bad")).toBe("x509/issuer-missing"));

  it("root not pinned / same-name test root: intel-testca-sgx", () =>
    expect(chainCode("intel-testca-sgx")).toBe("dcap/pck-chain-missing"));
});
