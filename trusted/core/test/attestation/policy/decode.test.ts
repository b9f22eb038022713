import { describe, expect, it } from "vitest";
import { decodePolicy } from "../../../src/attestation/index.ts";
import { fromHex } from "../../../src/bytes/index.ts";
import type { Json, JsonObject } from "../../../src/json/index.ts";
import { codeOf } from "../../support/code.ts";
import { accepting, h } from "./facts.ts";

const decode = (json: unknown) => decodePolicy(JSON.stringify(json));
const codeFor = (change: object) => codeOf(() => decode({ version: 1, ...change }));

const bare = {
  notAfterMs: undefined,
  maxAgeSec: 3600,
  minTcbEvaluationDataNumber: undefined,
  collateralMaxAgeDays: undefined,
  tcb: { accept: [], advisoriesAllowed: [], graceDays: 0 },
  fmspcDeny: [],
  ppidAllow: undefined,
  allowDebug: false,
  lineage: [],
  sgx: undefined,
  tdx: undefined,
  snp: undefined,
  azure: undefined,
  ias: undefined,
  simulated: undefined,
};

const registers =
  "x87 SSE AVX BNDREGS BNDCSR opmask ZMM_Hi256 Hi16_ZMM PKRU CET_U CET_S UINTR TILECFG TILEDATA APX".split(
    " ",
  );

describe("decodePolicy", () => {
  it("gives missing fields the strictest value", () => expect(decode({ version: 1 })).toEqual(bare));

  it("gives missing fields of sections the strictest value too", () => {
    const sections = {
      tcb: { accept: ["UpToDate"] },
      sgx: {},
      tdx: { images: [{ mrtd: h("a0", 48) }] },
      snp: { measurements: [h("c0", 48)] },
      azure: { images: [], tdx: {}, snp: {} },
      ias: { measurements: [{ mrenclave: h("1a", 32) }] },
      simulated: { measurements: null },
    };
    const tdxRules = {
      attributes: { require: ["SEPT_VE_DISABLE"], allow: ["SEPT_VE_DISABLE", "ICSSD", "LASS"] },
      xfam: { require: [], allow: registers },
      allowServiceTd: [],
    };
    const enclaveRules = {
      attributes: { require: ["INIT", "MODE64BIT"], allow: ["INIT", "MODE64BIT"] },
      xfrm: { require: [], allow: registers },
      miscSelect: { require: [], allow: ["EXINFO", "CPINFO"] },
    };
    const snpRules = {
      minTcb: {},
      vmpl: [0],
      allowVlek: false,
      guestPolicy: {
        require: [],
        allow: [
          "SINGLE_SOCKET",
          "MEM_AES_256_XTS",
          "RAPL_DIS",
          "CIPHERTEXT_HIDING_DRAM",
          "PAGE_SWAP_DISABLE",
        ],
      },
      platformInfo: {
        require: [],
        allow: [
          "SMT_EN",
          "TSME_EN",
          "ECC_EN",
          "RAPL_DIS",
          "CIPHERTEXT_HIDING_DRAM_EN",
          "ALIAS_CHECK_COMPLETE",
          "IOMMU_WRITE_SAFE",
        ],
      },
      allowMaskedChipId: false,
      chipIdAllow: undefined,
    };
    expect(decode({ version: 1, ...sections })).toEqual({
      ...bare,
      tcb: { accept: ["UpToDate"], advisoriesAllowed: [], graceDays: 0 },
      sgx: { measurements: [], mrsigner: [], ...enclaveRules },
      tdx: { images: [{ registers: { mrtd: h("a0", 48) }, events: {}, notAfterMs: undefined }], ...tdxRules },
      snp: {
        measurements: [{ measurement: h("c0", 48), minGuestSvn: 0, notAfterMs: undefined }],
        ...snpRules,
      },
      azure: { images: [], tdx: tdxRules, snp: snpRules },
      ias: {
        measurements: [{ mrenclave: h("1a", 32), minIsvSvn: 0, notAfterMs: undefined }],
        mrsigner: [],
        ...enclaveRules,
      },
      simulated: { measurements: undefined },
    });
  });

  it("reads hex in either case as evidence contains it", () => {
    const policy = decode({
      version: 1,
      fmspcDeny: ["00906ED50000"],
      snp: { measurements: [], minTcb: { turin: "0102030405060708" } },
    });
    expect(policy.fmspcDeny).toEqual(["00906ed50000"]);
    expect(policy.snp?.minTcb).toEqual({ turin: fromHex("0102030405060708") });
  });

  it.each([
    ["2026-12-31T23:00:00Z", Date.UTC(2026, 11, 31, 23)],
    ["2026-12-31T23:00:00.250Z", Date.UTC(2026, 11, 31, 23, 0, 0, 250)],
    ["2026-12-31", Date.UTC(2027, 0, 1) - 1],
    ["2028-02-29", Date.UTC(2028, 2, 1) - 1],
  ])("reads the date %s", (text, ms) => expect(decode({ version: 1, notAfter: text }).notAfterMs).toBe(ms));

  it.each([
    "2026-02-29",
    "2026-13-01",
    "2026-12-31T24:00:00Z",
    "2026-12-31T23:00:00",
    "2026-12-31T23:00:00+01:00",
    "2026-12-31 23:00:00Z",
    "2026-12-31T23:00:00.25Z",
    "2026-12-31T23:00Z",
    "2026-1-1",
    "31.12.2026",
    "",
    "never",
    "0",
  ])("json/out-of-range: the date %j", (notAfter) => expect(codeFor({ notAfter })).toBe("json/out-of-range"));

  const sections: readonly string[] = ["tcb", "sgx", "tdx", "snp", "azure", "ias", "simulated"];

  it("json/unknown-key: an unknown field at the top", () =>
    expect(codeFor({ minTCBEvaluationDataNumber: 18 })).toBe("json/unknown-key"));

  it.each(sections)("json/unknown-key: an unknown field in %s", (name) =>
    expect(codeFor({ [name]: { ...(accepting[name] as JsonObject), extra: true } })).toBe("json/unknown-key"),
  );

  const inside: readonly (readonly [string, (extra: JsonObject) => object])[] = [
    ["sgx.measurements", (x) => ({ sgx: { measurements: [{ mrenclave: h("5e", 32), ...x }] } })],
    [
      "sgx.mrsigner",
      (x) => ({ sgx: { mrsigner: [{ mrsigner: h("51", 32), isvProdId: 0, minIsvSvn: 0, ...x }] } }),
    ],
    ["tdx.images", (x) => ({ tdx: { images: [{ mrtd: h("a0", 48), ...x }] } })],
    ["snp.measurements", (x) => ({ snp: { measurements: [{ measurement: h("c0", 48), ...x }] } })],
    ["snp.minTcb", (x) => ({ snp: { measurements: [], minTcb: x } })],
    [
      "azure.images",
      (x) => ({ azure: { images: [{ launch: h("a0", 48), pcrs: { "4": h("e4", 32) }, ...x }] } }),
    ],
    ["azure.tdx", (x) => ({ azure: { images: [], tdx: x } })],
    ["azure.snp", (x) => ({ azure: { images: [], snp: x } })],
  ];

  it.each(inside)("json/unknown-key: an unknown field in %s", (_, made) => {
    expect(codeFor(made({}))).toBe("accepted");
    expect(codeFor(made({ extra: "x" }))).toBe("json/unknown-key");
  });

  it.each([
    ["sgx.mrsigner without its product", { sgx: { mrsigner: [{ mrsigner: h("51", 32), minIsvSvn: 0 }] } }],
    [
      "sgx.mrsigner without its minimum version",
      { sgx: { mrsigner: [{ mrsigner: h("51", 32), isvProdId: 0 }] } },
    ],
    ["sgx.measurements without a measurement", { sgx: { measurements: [{ minIsvSvn: 1 }] } }],
    ["tdx without images", { tdx: {} }],
    ["tdx.images without firmware", { tdx: { images: [{ composeHash: h("d2", 32) }] } }],
    ["snp without measurements", { snp: {} }],
    ["azure without images", { azure: {} }],
    ["azure.images without a launch measurement", { azure: { images: [{ pcrs: { "4": h("e4", 32) } }] } }],
    ["azure.images without PCRs", { azure: { images: [{ launch: h("a0", 48) }] } }],
    ["tcb without a list", { tcb: {} }],
    ["simulated without its measurements", { simulated: {} }],
  ])("json/missing-key: %s", (_, change) => expect(codeFor(change)).toBe("json/missing-key"));

  const lengths: readonly (readonly [string, number, (hex: string) => object])[] = [
    ["fmspcDeny", 6, (x) => ({ fmspcDeny: [x] })],
    ["ppidAllow", 16, (x) => ({ ppidAllow: [x] })],
    ["mrenclave", 32, (x) => ({ sgx: { measurements: [{ mrenclave: x }] } })],
    ["mrsigner", 32, (x) => ({ sgx: { mrsigner: [{ mrsigner: x, isvProdId: 0, minIsvSvn: 0 }] } })],
    ["mrtd", 48, (x) => ({ tdx: { images: [{ mrtd: x }] } })],
    ...["rtmr0", "rtmr1", "rtmr2", "rtmr3"].map(
      (name) => [name, 48, (x: string) => ({ tdx: { images: [{ mrtd: h("a0", 48), [name]: x }] } })] as const,
    ),
    ["composeHash", 32, (x) => ({ tdx: { images: [{ mrtd: h("a0", 48), composeHash: x }] } })],
    ["osImageHash", 32, (x) => ({ tdx: { images: [{ mrtd: h("a0", 48), osImageHash: x }] } })],
    ["appId", 20, (x) => ({ tdx: { images: [{ mrtd: h("a0", 48), appId: x }] } })],
    ["allowServiceTd", 48, (x) => ({ tdx: { images: [], allowServiceTd: [x] } })],
    ["measurement", 48, (x) => ({ snp: { measurements: [x] } })],
    ["minTcb", 8, (x) => ({ snp: { measurements: [], minTcb: { milan: x } } })],
    ["chipIdAllow", 64, (x) => ({ snp: { measurements: [], chipIdAllow: [x] } })],
    ["launch", 48, (x) => ({ azure: { images: [{ launch: x, pcrs: { "4": h("e4", 32) } }] } })],
    ["pcrs", 32, (x) => ({ azure: { images: [{ launch: h("a0", 48), pcrs: { "23": x } }] } })],
    ["simulated.measurements", 32, (x) => ({ simulated: { measurements: [x] } })],
  ];

  it.each(lengths)(
    "json/out-of-range: %s of a length other than %i bytes; json/wrong-type: text that is not hex",
    (_, length, made) => {
      expect(codeFor(made(h("ab", length)))).toBe("accepted");
      for (const other of ["", h("ab", length - 1), h("ab", length + 1)])
        expect(codeFor(made(other))).toBe("json/out-of-range");
      expect(codeFor(made(h("xy", length)))).toBe("json/wrong-type");
    },
  );

  it.each([
    ["an unknown status", { tcb: { accept: ["uptodate"] } }, "json/unknown-variant"],
    ["Unversioned as an accepted status", { tcb: { accept: ["Unversioned"] } }, "json/unknown-variant"],
    ["a privilege level beyond 3", { snp: { measurements: [], vmpl: [4] } }, "json/out-of-range"],
    [
      "PCR 24",
      { azure: { images: [{ launch: h("a0", 48), pcrs: { "24": h("e4", 32) } }] } },
      "json/unknown-key",
    ],
    [
      "PCR 04",
      { azure: { images: [{ launch: h("a0", 48), pcrs: { "04": h("e4", 32) } }] } },
      "json/unknown-key",
    ],
    ["no PCR at all", { azure: { images: [{ launch: h("a0", 48), pcrs: {} }] } }, "json/out-of-range"],
    [
      "PCRs as a list",
      { azure: { images: [{ launch: h("a0", 48), pcrs: [h("e4", 32)] }] } },
      "json/wrong-type",
    ],
    ["a negative number", { maxAgeSec: -1 }, "json/out-of-range"],
    ["a fraction", { collateralMaxAgeDays: 0.5 }, "json/out-of-range"],
    ["a number as text", { minTcbEvaluationDataNumber: "18" }, "json/wrong-type"],
    ["text instead of a boolean", { allowDebug: "false" }, "json/wrong-type"],
    ["null for a list that must not be null", { fmspcDeny: null }, "json/wrong-type"],
    ["null for a section", { simulated: null }, "json/wrong-type"],
    [
      "more entries than a policy may have",
      { fmspcDeny: new Array<Json>(1025).fill("00906ed50000") },
      "json/out-of-range",
    ],
  ])("refuses %s", (_, change, code) => expect(codeFor(change)).toBe(code));

  it.each([
    [0, "policy/unknown-version"],
    [2, "policy/unknown-version"],
    ["1", "json/wrong-type"],
    [undefined, "json/missing-key"],
  ])("refuses version %j", (version, code) => expect(codeFor({ version })).toBe(code));

  it.each([
    ["nothing", "", "json/bad-syntax"],
    ["a list", "[]", "json/wrong-type"],
    ["a key twice", '{"version":1,"version":1}', "json/duplicate-key"],
    ["text after the policy", '{"version":1}{}', "json/trailing"],
    ["more text than a policy may have", `{"version":1${" ".repeat(256 * 1024)}}`, "json/too-long"],
    ["depth", `{"version":1,"sgx":${"[".repeat(9)}`, "json/too-deep"],
    ["a prototype", '{"version":1,"__proto__":{"allowDebug":true}}', "json/unknown-key"],
  ])("refuses %s", (_, text, code) => expect(codeOf(() => decodePolicy(text))).toBe(code));
});
