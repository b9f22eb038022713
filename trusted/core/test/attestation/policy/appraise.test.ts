import { describe, expect, it } from "vitest";
import {
  type Authentic,
  type AuthenticAzure,
  type AuthenticSgx,
  type AuthenticSnp,
  type AuthenticTdx,
  appraise,
  decodePolicy,
} from "../../../src/attestation/index.ts";
import { fromHex } from "../../../src/bytes/index.ts";
import type { JsonObject } from "../../../src/json/index.ts";
import { accepting, at, day, every, facts, h } from "./facts.ts";

type Kind = keyof typeof facts;

/** The policy that accepts all synthetic evidence, with some fields replaced; `undefined` removes a field. */
function policyOf(change: Readonly<Record<string, unknown>> = {}) {
  return decodePolicy(JSON.stringify({ ...accepting, ...change }));
}

/** Returns the rules that refuse the evidence. Checks that every reason comes with a sentence. */
function rules(change: Readonly<Record<string, unknown>>, authentic: Authentic, atMs: number = at): string[] {
  const { accepted, reasons } = appraise(policyOf(change), authentic, atMs);
  expect(accepted).toBe(reasons.length === 0);
  for (const { said } of reasons) expect(said).toMatch(/^[^.]{20,}/);
  return reasons.map(({ rule }) => rule);
}

/** A section of the accepting policy, with some fields replaced. */
function section(name: string, change: JsonObject): Record<string, unknown> {
  return { [name]: { ...(accepting[name] as JsonObject), ...change } };
}

const tcb = (change: JsonObject) => section("tcb", change);

describe("appraise", () => {
  it.each(every)("accepts %s evidence that the policy lists", (_, authentic) =>
    expect(rules({}, authentic)).toEqual([]),
  );

  it.each(every)("an empty policy accepts no %s evidence", (_, authentic) => {
    const { accepted, reasons } = appraise(decodePolicy('{"version":1}'), authentic, at);
    expect([accepted, reasons.map(({ rule }) => rule)]).toEqual([false, expect.arrayContaining(["kind"])]);
  });

  it.each(every)("without the section for it, a policy accepts no %s evidence", (_, authentic) => {
    const name = authentic.kind === "dstack" ? "tdx" : authentic.kind;
    expect(rules({ [name]: undefined }, authentic)).toEqual(["kind"]);
  });

  it.each(every)("refuses an unknown kind: %s evidence renamed", (_, authentic) =>
    expect(rules({}, { ...authentic, kind: "tpm" } as unknown as Authentic)).toEqual(["kind"]),
  );

  it.each(every)("names every rule that fails: %s", (_, authentic) => {
    const bad = {
      ...authentic,
      debug: true,
      advisories: ["INTEL-SA-00001"],
      validUntilMs: at - 1,
    } as Authentic;
    expect(rules({ notAfter: "2026-01-01" }, bad)).toEqual([
      "policy-expired",
      "valid-until",
      "debug",
      "advisories",
    ]);
  });

  it.each(every)("refuses %s evidence if the time is not a number", (_, authentic) =>
    expect(rules({}, authentic, Number.NaN)).toEqual(
      expect.arrayContaining(["policy-expired", "valid-until"]),
    ),
  );
});

describe("rules about all evidence", () => {
  it("policy-expired: after the policy's own expiry", () => {
    const end = { notAfter: "2026-06-15T12:00:00Z" };
    expect(rules(end, facts.simulated, at)).toEqual([]);
    expect(rules(end, facts.simulated, at + 1)).toEqual(["policy-expired"]);
  });

  it("a policy without an expiry does not expire", () =>
    expect(rules({ notAfter: undefined }, facts.simulated)).toEqual([]));

  it.each(every)("valid-until: %s after its certificates or collateral expired", (_, authentic) => {
    expect(rules({}, { ...authentic, validUntilMs: at })).toEqual([]);
    expect(rules({}, { ...authentic, validUntilMs: at - 1 })).toEqual(["valid-until"]);
  });

  it.each(every.filter(([, { kind }]) => kind !== "azure"))(
    "report-data: %s bound to nothing",
    (_, authentic) => {
      for (const reportData of [new Uint8Array(64), new Uint8Array()])
        expect(rules({}, { ...authentic, reportData })).toEqual(["report-data"]);
      const last = new Uint8Array(64);
      last[63] = 1;
      expect(rules({}, { ...authentic, reportData: last })).toEqual([]);
    },
  );

  it("report-data: an Azure guest with an empty or zero nonce, whatever its report data is", () => {
    for (const nonce of [new Uint8Array(64), new Uint8Array()])
      expect(rules({}, { ...facts["azure-snp"], nonce })).toEqual(["report-data"]);
    expect(rules({}, { ...facts["azure-snp"], reportData: new Uint8Array(64) })).toEqual([]);
  });

  it.each(every)("debug: %s in debug mode", (_, authentic) => {
    expect(rules({}, { ...authentic, debug: true })).toEqual(["debug"]);
    expect(rules({ allowDebug: true }, { ...authentic, debug: true })).toEqual([]);
  });

  it.each(every)("advisories: %s with one that is not allowed", (_, authentic) => {
    expect(rules({}, { ...authentic, advisories: ["INTEL-SA-00615"] })).toEqual([]);
    expect(rules({}, { ...authentic, advisories: ["INTEL-SA-00615", "INTEL-SA-00828"] })).toEqual([
      "advisories",
    ]);
    expect(rules(tcb({ advisoriesAllowed: [] }), { ...authentic, advisories: ["INTEL-SA-00615"] })).toEqual([
      "advisories",
    ]);
  });

  it.each(["azure-tdx", "azure-snp"] as const)(
    "apply to the hardware below an Azure guest too: %s",
    (name) => {
      const below = (change: object): AuthenticAzure => {
        const { hardware } = facts[name];
        return { ...facts[name], hardware: { ...hardware, ...change } as typeof hardware };
      };
      expect(rules({}, below({ debug: true }))).toEqual(["debug"]);
      expect(rules({}, below({ advisories: ["INTEL-SA-00828"] }))).toEqual(["advisories"]);
      expect(rules({}, below({ validUntilMs: at - 1 }))).toEqual(["valid-until"]);
    },
  );
});

/** For each kind of evidence from Intel's hardware, a function that changes some facts of the evidence. */
const onIntel: readonly (readonly [Kind, (change: Partial<Omit<AuthenticTdx, "kind">>) => Authentic])[] = [
  ["sgx", (change) => ({ ...facts.sgx, ...change })],
  ["tdx", (change) => ({ ...facts.tdx, ...change })],
  ["dstack", (change) => ({ ...facts.dstack, ...change })],
  [
    "azure-tdx",
    (change) => ({
      ...facts["azure-tdx"],
      hardware: { ...(facts["azure-tdx"].hardware as AuthenticTdx), ...change },
    }),
  ],
];

describe.each(onIntel)("rules about Intel's platforms: %s", (_, made) => {
  it("tcb-status: any status that is not in the list", () => {
    for (const tcbStatus of ["SWHardeningNeeded", "OutOfDate", "TDRelaunchAdvised", "Unversioned"] as const)
      expect(rules({}, made({ tcbStatus }))).toEqual(["tcb-status"]);
    expect(rules(tcb({ accept: ["SWHardeningNeeded"] }), made({ tcbStatus: "SWHardeningNeeded" }))).toEqual(
      [],
    );
    expect(rules(tcb({ accept: [] }), made({}))).toEqual(["tcb-status"]);
    expect(rules({ tcb: undefined }, made({}))).toEqual(["tcb-status"]);
  });

  it("tcb-revoked: even if the list contains Revoked", () => {
    expect(rules({}, made({ tcbStatus: "Revoked" }))).toEqual(["tcb-revoked"]);
    expect(rules(tcb({ accept: ["UpToDate", "Revoked"] }), made({ tcbStatus: "Revoked" }))).toEqual([
      "tcb-revoked",
    ]);
    expect(rules({}, made({ qeTcbStatus: "Revoked" }))).toEqual(["tcb-revoked"]);
  });

  it("grace: OutOfDate is accepted until graceDays after the level's tcbDate", () => {
    const old = made({ tcbStatus: "OutOfDate", tcbDateMs: at - 100 * day });
    expect(rules(tcb({ graceDays: 100 }), old)).toEqual([]);
    expect(rules(tcb({ graceDays: 100 }), old, at + 1)).toContain("tcb-status");
    expect(rules(tcb({ graceDays: 99 }), old)).toEqual(["tcb-status"]);
    expect(rules({}, made({ tcbStatus: "OutOfDate", tcbDateMs: at + day }))).toEqual(["tcb-status"]);
    expect(rules(tcb({ graceDays: 100 }), made({ tcbStatus: "OutOfDate", tcbDateMs: Number.NaN }))).toEqual([
      "tcb-status",
    ]);
  });

  it("grace covers OutOfDate only: the policy must accept the rest of a combined status", () => {
    const both = made({ tcbStatus: "OutOfDateConfigurationNeeded" });
    expect(rules(tcb({ graceDays: 100 }), both)).toEqual(["tcb-status"]);
    expect(rules(tcb({ graceDays: 100, accept: ["ConfigurationNeeded"] }), both)).toEqual([]);
    expect(
      rules(tcb({ graceDays: 100, accept: ["ConfigurationNeeded"] }), made({ tcbStatus: "OutOfDate" })),
    ).toEqual(["tcb-status"]);
    expect(rules(tcb({ graceDays: 100, accept: ["OutOfDate"] }), made({ tcbStatus: "OutOfDate" }))).toEqual(
      [],
    );
    expect(rules(tcb({ graceDays: 100 }), made({ tcbStatus: "SWHardeningNeeded" }))).toEqual(["tcb-status"]);
    expect(rules(tcb({ graceDays: 100 }), made({ tcbStatus: "TDRelaunchAdvised" }))).toEqual(["tcb-status"]);
  });

  it("tcb-evaluation-data-number: collateral with a number below the minimum", () => {
    expect(rules({}, made({ tcbEvaluationDataNumber: 18 }))).toEqual(["tcb-evaluation-data-number"]);
    expect(rules({ minTcbEvaluationDataNumber: undefined }, made({ tcbEvaluationDataNumber: 18 }))).toEqual(
      [],
    );
  });

  it("collateral-age: issued a millisecond too long ago", () => {
    expect(rules({}, made({ collateralIssuedMs: at - 10 * day - 1 }))).toEqual(["collateral-age"]);
    expect(rules({ collateralMaxAgeDays: undefined }, made({ collateralIssuedMs: at - 300 * day }))).toEqual(
      [],
    );
  });

  it("fmspc: a processor model that is refused", () =>
    expect(rules({ fmspcDeny: ["00906ed50000", "00806F050000"] }, made({}))).toEqual(["fmspc"]));

  it("ppid: a machine that is not named", () => {
    expect(rules({ ppidAllow: [h("1d", 16)] }, made({}))).toEqual([]);
    expect(rules({ ppidAllow: [h("1e", 16)] }, made({}))).toEqual(["ppid"]);
    expect(rules({ ppidAllow: [] }, made({}))).toEqual(["ppid"]);
  });
});

describe("rules about enclaves", () => {
  const sgx = (change: Partial<AuthenticSgx>): AuthenticSgx => ({ ...facts.sgx, ...change });
  const measured = (mrenclave: string, mrsigner: string) => sgx({ measurements: { mrenclave, mrsigner } });
  const bySigner = measured(h("00", 32), h("77", 32));

  it("measurement: neither the enclave nor its signer is named", () => {
    expect(rules({}, measured(h("5f", 32), h("51", 32)))).toEqual(["measurement"]);
    expect(rules({}, sgx({ measurements: {} }))).toEqual(["measurement"]);
    expect(rules({ sgx: {} }, facts.sgx)).toEqual(["measurement"]);
  });

  it("accepts another enclave of a named signer", () => expect(rules({}, bySigner)).toEqual([]));

  it("isv-prod-id: another product of that signer", () =>
    expect(rules({}, { ...bySigner, isvProdId: 5 })).toEqual(["isv-prod-id"]));

  it("min-isv-svn: an older version, by measurement and by signer", () => {
    expect(rules({}, sgx({ isvSvn: 2 }))).toEqual(["min-isv-svn"]);
    expect(rules({}, { ...bySigner, isvSvn: 2 })).toEqual(["min-isv-svn"]);
    expect(rules({}, { ...bySigner, isvSvn: 4 })).toEqual([]);
  });

  it("not-after: an expired entry", () => {
    expect(rules({}, facts.sgx, at + 1)).toContain("not-after");
    const signer = { mrsigner: h("77", 32), isvProdId: 4, minIsvSvn: 3, notAfter: "2026-06-14" };
    expect(rules({ sgx: { mrsigner: [signer] } }, bySigner)).toEqual(["not-after"]);
  });

  it("one matching entry is enough; otherwise the entry with the fewest failures gives the reasons", () => {
    const entry = { mrenclave: h("5e", 32) };
    const [older, newer] = [
      { ...entry, minIsvSvn: 9 },
      { ...entry, minIsvSvn: 1 },
    ];
    expect(rules({ sgx: { measurements: [older, newer] } }, facts.sgx)).toEqual([]);
    expect(
      rules({ sgx: { measurements: [{ ...older, notAfter: "2020-01-01" }, older] } }, facts.sgx),
    ).toEqual(["min-isv-svn"]);
    const named = { mrsigner: h("51", 32), isvProdId: 4, minIsvSvn: 3 };
    expect(rules({ sgx: { measurements: [older], mrsigner: [named] } }, facts.sgx)).toEqual([]);
  });

  it("sample-signer: never, not even by measurement", () => {
    const sample = "83d719e77deaca1470f6baf62a4d774303c899db69020f9c70ee1dfc08c7ce9e";
    expect(rules({}, measured(h("5e", 32), sample))).toEqual(["sample-signer"]);
    const named = { sgx: { mrsigner: [{ mrsigner: sample, isvProdId: 4, minIsvSvn: 0 }] } };
    expect(rules(named, measured(h("00", 32), sample))).toEqual(["sample-signer"]);
    const ias = { ...facts.ias, measurements: { mrenclave: h("1a", 32), mrsigner: sample } };
    expect(rules({ ias: { measurements: [{ mrenclave: h("1a", 32) }] } }, ias)).toEqual(["sample-signer"]);
  });
});

describe("rules about TDX guests", () => {
  const rtmrs = ["rtmr0", "rtmr1", "rtmr2", "rtmr3"];
  const { tdx, dstack } = facts;

  it("measurement: firmware that no image lists", () => {
    expect(rules({}, { ...tdx, measurements: { ...tdx.measurements, mrtd: h("00", 48) } })).toEqual([
      "measurement",
    ]);
    expect(rules({}, { ...tdx, measurements: {} })).toEqual(["measurement"]);
    expect(rules(section("tdx", { images: [] }), tdx)).toEqual(["measurement"]);
  });

  it.each(rtmrs)("measurement: another %s, if the image names it", (name) => {
    const other = { ...tdx, measurements: { ...tdx.measurements, [name]: h("00", 48) } };
    expect(rules({}, other)).toEqual(["measurement"]);
    expect(rules(section("tdx", { images: [{ mrtd: h("a0", 48) }] }), other)).toEqual([]);
  });

  it.each(["compose-hash", "os-image-hash", "app-id"])("%s: another value, or none", (name) => {
    expect(rules({}, { ...dstack, events: { ...dstack.events, [name]: h("00", 32) } })).toEqual([name]);
    const { [name]: _, ...rest } = dstack.events;
    expect(rules({}, { ...dstack, events: rest })).toEqual([name]);
  });

  it("a guest without an event log does not match an image that names events", () =>
    expect(rules({}, { ...tdx, measurements: dstack.measurements })).toEqual([
      "compose-hash",
      "os-image-hash",
      "app-id",
    ]));

  it("not-after: an expired image", () =>
    expect(rules(section("tdx", { images: [{ mrtd: h("a0", 48), notAfter: "2026-06-14" }] }), tdx)).toEqual([
      "not-after",
    ]));
});

describe.each(onIntel.filter(([kind]) => kind !== "sgx"))(
  "rules about a TDX guest's configuration: %s",
  (name, made) => {
    const own = (change: JsonObject) =>
      name === "azure-tdx" ? section("azure", { tdx: change }) : section("tdx", change);

    it("service-td: a quote with the TDX 1.0 body, which names none", () =>
      expect(rules({}, made({ mrServiceTd: undefined }))).toEqual([]));

    it("service-td: a service TD that is not named", () => {
      const bound = made({ mrServiceTd: h("b0", 48) });
      expect(rules({}, bound)).toEqual(["service-td"]);
      expect(rules(own({ allowServiceTd: [h("b0", 48)] }), bound)).toEqual([]);
      expect(rules(own({ allowServiceTd: [h("b1", 48)] }), bound)).toEqual(["service-td"]);
    });
  },
);

/** SEV-SNP evidence with some facts changed, and the policy section that applies to it. */
const onAmd: readonly (readonly [
  Kind,
  (change: Partial<AuthenticSnp>) => Authentic,
  (rules: JsonObject) => object,
])[] = [
  ["snp", (change) => ({ ...facts.snp, ...change }), (own) => section("snp", own)],
  [
    "azure-snp",
    (change) => ({ ...facts["azure-snp"], hardware: { ...facts.snp, ...change } }),
    (own) => section("azure", { snp: { minTcb: { genoa: "0a00000000001750" }, ...own } }),
  ],
];

describe.each(onAmd)("rules about AMD's platforms: %s", (_, made, own) => {
  const judged = (change: JsonObject, authentic: Authentic) =>
    rules(own(change) as Record<string, unknown>, authentic);

  it.each([0, 1, 2, 3, 4, 5, 6, 7])("min-tcb: byte %i below the minimum", (i) => {
    const least = fromHex("0a01010101011750");
    const minTcb = { genoa: "0a01010101011750" };
    const tcbWith = (value: number) =>
      [...least]
        .map((byte, at) => (at === i ? value : at === 7 - i ? 255 : byte).toString(16).padStart(2, "0"))
        .join("");
    expect(judged({ minTcb }, made({ reportedTcb: tcbWith(least[i] as number) }))).toEqual([]);
    expect(judged({ minTcb }, made({ reportedTcb: tcbWith((least[i] as number) - 1) }))).toEqual(["min-tcb"]);
  });

  it("min-tcb: a product without a minimum, or a TCB of another length", () => {
    expect(judged({ minTcb: { milan: "0000000000000000" } }, made({}))).toEqual(["min-tcb"]);
    expect(judged({ minTcb: { milan: "0000000000000000" } }, made({ product: "milan" }))).toEqual([]);
    expect(judged({ minTcb: { turin: "0000000000000000" } }, made({ product: "turin" }))).toEqual([]);
    expect(judged({ minTcb: {} }, made({}))).toEqual(["min-tcb"]);
    expect(judged({}, made({ reportedTcb: "" }))).toEqual(["min-tcb"]);
  });

  it("vmpl: a level that is not named", () => {
    for (const vmpl of [1, 2, 3]) expect(judged({}, made({ vmpl }))).toEqual(["vmpl"]);
    expect(judged({ vmpl: [2] }, made({ vmpl: 2 }))).toEqual([]);
    expect(judged({ vmpl: [2] }, made({ vmpl: 0 }))).toEqual(["vmpl"]);
  });

  it("vlek: signed with a provider's key", () => {
    expect(judged({}, made({ signedBy: "vlek" }))).toEqual(["vlek"]);
    expect(judged({ allowVlek: true }, made({ signedBy: "vlek" }))).toEqual([]);
  });

  it("masked-chip-id: the host hides the chip's id", () => {
    expect(judged({}, made({ chipIdMasked: true }))).toEqual(["masked-chip-id"]);
    expect(judged({ allowMaskedChipId: true }, made({ chipIdMasked: true }))).toEqual([]);
  });

  it("chip-id: a chip that is not named", () => {
    expect(judged({ chipIdAllow: [h("c1", 64)] }, made({}))).toEqual([]);
    expect(judged({ chipIdAllow: [h("c2", 64)] }, made({}))).toEqual(["chip-id"]);
    expect(judged({ chipIdAllow: [] }, made({}))).toEqual(["chip-id"]);
    expect(judged({ chipIdAllow: null }, made({}))).toEqual([]);
  });

  it("rules about Intel's statuses do not apply to AMD", () =>
    expect(rules({ tcb: undefined }, made({}))).toEqual([]));
});

describe("rules about SEV-SNP guests", () => {
  it("measurement: a measurement that is not named", () => {
    expect(rules({}, { ...facts.snp, measurements: { measurement: h("c9", 48) } })).toEqual(["measurement"]);
    expect(rules({}, { ...facts.snp, measurements: {} })).toEqual(["measurement"]);
  });

  it("a bare measurement sets no other requirement", () =>
    expect(rules({}, { ...facts.snp, measurements: { measurement: h("99", 48) }, guestSvn: 0 })).toEqual([]));

  it("min-guest-svn: an older version", () =>
    expect(rules({}, { ...facts.snp, guestSvn: 2 })).toEqual(["min-guest-svn"]));

  it("not-after: an expired measurement", () => {
    const measurements = [{ measurement: h("c0", 48), notAfter: "2026-06-14" }];
    expect(rules(section("snp", { measurements }), facts.snp)).toEqual(["not-after"]);
  });
});

describe("rules about Azure guests", () => {
  const guest = facts["azure-tdx"];

  it("kind: hardware that the section does not mention", () => {
    expect(rules(section("azure", { tdx: undefined as never }), guest)).toEqual(["kind"]);
    expect(rules(section("azure", { snp: undefined as never }), facts["azure-snp"])).toEqual(["kind"]);
  });

  it("measurement: a paravisor that is not named", () => {
    const hardware = { ...(guest.hardware as AuthenticTdx), measurements: { mrtd: h("00", 48) } };
    expect(rules({}, { ...guest, hardware })).toEqual(["measurement"]);
    const snp = {
      ...(facts["azure-snp"].hardware as AuthenticSnp),
      measurements: { measurement: h("00", 48) },
    };
    expect(rules({}, { ...facts["azure-snp"], hardware: snp })).toEqual(["measurement"]);
  });

  it.each(["4", "11"])("pcrs: another value of PCR %s, or none", (number) => {
    expect(rules({}, { ...guest, pcrs: { ...guest.pcrs, [number]: h("00", 32) } })).toEqual(["pcrs"]);
    const { [number]: _, ...rest } = guest.pcrs;
    expect(rules({}, { ...guest, pcrs: rest })).toEqual(["pcrs"]);
  });

  it("PCRs that the image does not name may have any value", () =>
    expect(rules({}, { ...guest, pcrs: { ...guest.pcrs, "9": h("00", 32) } })).toEqual([]));

  it("not-after: an expired image", () => {
    const images = [{ launch: h("a0", 48), pcrs: { "4": h("e4", 32) }, notAfter: "2026-06-14" }];
    expect(rules(section("azure", { images }), guest)).toEqual(["not-after"]);
  });
});

describe("rules about reports of Intel's retired service", () => {
  it("report-age: older than maxAgeSec, or from the future", () => {
    expect(rules({}, { ...facts.ias, timestampMs: at - 600_000 })).toEqual([]);
    expect(rules({}, { ...facts.ias, timestampMs: at - 600_001 })).toEqual(["report-age"]);
    expect(rules({}, { ...facts.ias, timestampMs: at })).toEqual([]);
    expect(rules({}, { ...facts.ias, timestampMs: at + 1 })).toEqual(["report-age"]);
    expect(rules({}, { ...facts.ias, timestampMs: Number.NaN })).toEqual(["report-age"]);
  });

  it("tcb-status, tcb-revoked: by the report's status, without a grace period", () => {
    expect(rules(tcb({ graceDays: 4000 }), { ...facts.ias, tcbStatus: "OutOfDate" })).toEqual(["tcb-status"]);
    expect(rules({}, { ...facts.ias, tcbStatus: "Revoked" })).toEqual(["tcb-revoked"]);
  });

  it("ppid: no report names its machine", () =>
    expect(rules({ ppidAllow: [h("1d", 16)] }, facts.ias)).toEqual(["ppid"]));

  it("measurement: by the section ias, not by the section sgx", () => {
    expect(rules({ ias: accepting["sgx"] }, facts.ias)).toEqual(["measurement"]);
    expect(rules({ sgx: accepting["ias"] }, facts.sgx)).toEqual(["measurement"]);
  });
});

describe("rules about simulated evidence", () => {
  it("measurement: code that is not named", () => {
    expect(rules({}, { ...facts.simulated, measurements: { measurement: h("00", 32) } })).toEqual([
      "measurement",
    ]);
    expect(rules({ simulated: { measurements: [] } }, facts.simulated)).toEqual(["measurement"]);
  });

  it("accepts any code if the policy's list is null", () => {
    expect(rules({ simulated: { measurements: null } }, facts.simulated)).toEqual([]);
  });
});
