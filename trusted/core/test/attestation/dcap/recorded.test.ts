/** Real quotes and collateral. For each quote, `cases.json` records the result of Intel's own library. */
import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect } from "vitest";
import {
  decodeQuote,
  type EndorsedDcap,
  intelRoot,
  verifyDcap,
  verifyPckChain,
} from "../../../src/attestation/index.ts";
import { fromUtf8, toHex, utf8 } from "../../../src/bytes/index.ts";
import { portableCrypto } from "../../../src/crypto/index.ts";
import { codeOf } from "../../support/code.ts";
import { type Cases, withCases } from "../cases.ts";
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

const crypto = remembering(await createNativeCrypto());

const evidenceOf = (cases: Cases, { quote, collateral }: Case): EndorsedDcap => ({
  kind: /^dcap\/td/.test(quote) ? "tdx" : "sgx",
  quote: cases.bytes(quote),
  collateral: cases.bytes(collateral),
});

const flip = (bytes: Uint8Array, offset: number, xor: number) =>
  bytes.map((byte, i) => (i === offset ? byte ^ xor : byte));

const it = withCases
  .extend(
    "named",
    ({ cases }) =>
      (id: string): Case =>
        cases.named(id),
  )
  .extend(
    "file",
    ({ cases }) =>
      (path: string) =>
        cases.bytes(path),
  )
  .extend(
    "verify",
    ({ cases }) =>
      (known: Case, change: Partial<EndorsedDcap> = {}) =>
        verifyDcap(crypto, intelRoot, Date.parse(known.at), { ...evidenceOf(cases, known), ...change }),
  );

describe("recorded DCAP evidence", () => {
  const authentic = [
    "sgx-phala-helloworld-2023",
    "sgx-phala-helloworld-2025",
    "tdx-qvl-uptodate-2025",
    "tdx-qvl-later-outofdate-2026",
    "sgx-swhardening-00606a",
    "sgx-outofdate-00606a",
    "sgx-outofdate-configneeded",
    "sgx-tlsn-eval17-swhardening",
    "sgx-tlsn-eval19-outofdate",
    "sgx-debug-occlum",
    "tdx-debug",
    "tdx-dstack-quote-report",
    "tdx-gcp-2026",
    "tdx-azure-2026",
    "tdx5-google-uptodate",
    "tdx5-relaunch-eval17-uptodate",
    "tdx5-relaunch-advised",
    "tdx-module-identity-gcp-cos113",
    "tdx-azure-no-septvedisable",
    "sgx-tcbinfo-v2",
  ];

  it("is complete", ({ cases }) => {
    const all = cases.of("dcap") as readonly Case[];
    expect(all.length).toBe(28);
    expect(
      all
        .filter(({ expect: e }) => e["signaturesValid"] === true && e["tcbStatus"] !== "NotSupported")
        .map(({ id }) => id),
    ).toEqual(authentic);
  });

  it.for(authentic)("%s: status, advisories and measurements", (id, { named, verify }) => {
    const known = named(id);
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
      expect((verdict.tdAttributes & (1n << 28n)) !== 0n).toBe(want["septVeDisable"]);
      expect(verdict.mrServiceTd).toBe(want["mrServiceTd"] ?? undefined);
    }
  });

  it("gives the same result with the portable provider", ({ cases, named, verify }) => {
    const known = named("tdx5-relaunch-advised");
    const evidence = evidenceOf(cases, known);
    expect(verifyDcap(portableCrypto, intelRoot, Date.parse(known.at), evidence)).toEqual(verify(known));
  });

  it.for([
    ["sgx-phala-helloworld-2025", 17],
    ["tdx-qvl-uptodate-2025", 18],
    ["tdx5-google-uptodate", 18],
  ] as const)(
    "%s is refused with each of its %i recorded tampers",
    ([id, count], { named, file, verify }) => {
      const known = named(id);
      expect(known.tampers?.length).toBe(count);
      for (const { name, offset, xor } of known.tampers ?? []) {
        const quote = flip(file(known.quote), offset, xor);
        expect(
          codeOf(() => verify(known, { quote })),
          name,
        ).not.toBe("accepted");
      }
    },
  );

  it.for([
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
  ] as const)("%s", ([, id, code], { named, verify }) => {
    expect(codeOf(() => verify(named(id)))).toBe(code);
  });

  it("lists every case that must fail above", ({ cases }) => {
    const failing = (cases.of("dcap") as readonly Case[]).filter(
      ({ expect }) => expect["mustFail"] === true || expect["tcbStatus"] === "NotSupported",
    );
    expect(failing.length).toBe(8);
  });

  it("wrong CA's CRL: the processor CA's list does not apply to a platform CA's key", ({
    named,
    file,
    verify,
  }) => {
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

  it("garbage CRL ignored: deadbeef is not a CRL", ({ named, file, verify }) => {
    const known = named("tdx-qvl-uptodate-2025");
    const collateral = JSON.parse(fromUtf8(file(known.collateral)));
    for (const part of ["pck_crl", "root_ca_crl"])
      expect(
        codeOf(() =>
          verify(known, { collateral: utf8(JSON.stringify({ ...collateral, [part]: "deadbeef" })) }),
        ),
      ).toMatch(/^asn1\//);
  });

  it("TCB downgrade through old collateral: on one day, one quote has a status for each evaluation number", ({
    named,
    verify,
  }) => {
    const [old, recent] = [
      verify(named("sgx-tlsn-eval17-swhardening")),
      verify(named("sgx-tlsn-eval19-outofdate")),
    ];
    expect([old.tcbStatus, old.tcbEvaluationDataNumber]).toEqual(["SWHardeningNeeded", 17]);
    expect([recent.tcbStatus, recent.tcbEvaluationDataNumber]).toEqual(["OutOfDate", 19]);
  });

  it.for(["sgx-phala-helloworld-2025", "tdx5-google-uptodate"])(
    "no flipped bit is ever accepted: every byte of %s",
    (id, { cases, named }) => {
      const known = named(id);
      const evidence = evidenceOf(cases, known);
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

describe("recorded structures", () => {
  const at = Date.UTC(2024, 0, 1);
  const structured = it
    .extend(
      "quoteOf",
      ({ named, file }) =>
        (id: string) =>
          file(named(id).quote),
    )
    .extend(
      "chainCode",
      ({ quoteOf }) =>
        (id: string) =>
          codeOf(() => verifyPckChain(crypto, intelRoot, at, decodeQuote(quoteOf(id)))),
    );

  structured("are complete", ({ cases }) => expect(cases.of("dcap-structure").length).toBe(5));

  structured("trailing bytes, padded quotes: raw-gcp-8000-zero-padded", ({ quoteOf, named, verify }) => {
    const [padded, known] = [quoteOf("raw-gcp-8000-zero-padded"), named("tdx-module-identity-gcp-cos113")];
    expect(padded.length).toBe(8000);
    expect(verify(known, { quote: padded })).toEqual(verify(known));
    for (const offset of [4935, 5000, 7999])
      expect(codeOf(() => verify(known, { quote: flip(padded, offset, 1) }))).toBe("dcap/trailing-bytes");
  });

  structured(
    "certdata-type3-oasis: decoded, and refused because it has no certificates",
    ({ quoteOf, chainCode }) => {
      expect(decodeQuote(quoteOf("certdata-type3-oasis")).certificationDataType).toBe(3);
      expect(chainCode("certdata-type3-oasis")).toBe("dcap/pck-chain-missing");
    },
  );

  structured("out-of-order certificates: chain-order-fortanix", ({ chainCode }) =>
    expect(chainCode("chain-order-fortanix")).toBe("accepted"),
  );

  structured("oe-report-bad", ({ chainCode }) =>
    expect(chainCode("oe-report-bad")).toBe("x509/issuer-missing"),
  );

  structured("root not pinned / same-name test root: intel-testca-sgx", ({ chainCode }) =>
    expect(chainCode("intel-testca-sgx")).toBe("dcap/pck-chain-missing"),
  );
});
