import { describe, expect, it } from "vitest";
import { type Authentic, appraise, decodePolicy, type Rule } from "../../../src/attestation/index.ts";
import type { JsonObject } from "../../../src/json/index.ts";
import { codeOf } from "../../support/code.ts";
import { accepting, at, facts } from "./facts.ts";

/** A field of evidence whose bits are settings, as the hardware's maker describes the field. */
interface Field {
  readonly rule: Rule;
  /** Where a policy has the field: the names of its section and of the field. */
  readonly path: readonly [...string[], string];
  readonly width: 32 | 64;
  /** Evidence in which the field has this value. */
  readonly made: (value: bigint) => Authentic;
  /** The positions of the bits by name. */
  readonly bits: Readonly<Record<string, number>>;
  /** The bits that a policy requires, allows in addition, and leaves to other rules by default. */
  readonly required: readonly number[];
  readonly allowed: readonly number[];
  readonly elsewhere: readonly number[];
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

const registers = {
  bits: {
    x87: 0,
    SSE: 1,
    AVX: 2,
    BNDREGS: 3,
    BNDCSR: 4,
    opmask: 5,
    ZMM_Hi256: 6,
    Hi16_ZMM: 7,
    PT: 8,
    PKRU: 9,
    PASID: 10,
    CET_U: 11,
    CET_S: 12,
    HDC: 13,
    UINTR: 14,
    LBR: 15,
    HWP: 16,
    TILECFG: 17,
    TILEDATA: 18,
    APX: 19,
  },
  width: 64,
  required: [],
  allowed: [...range(0, 7), 9, 11, 12, 14, 17, 18, 19],
  elsewhere: [],
} as const;

const enclave = (name: "sgx" | "ias"): readonly Field[] => [
  {
    rule: "sgx-attributes",
    path: [name, "attributes"],
    width: 64,
    made: (attributes) => ({ ...facts[name], attributes }),
    bits: { INIT: 0, MODE64BIT: 2, PROVISIONKEY: 4, EINITTOKEN_KEY: 5, CET: 6, KSS: 7, AEXNOTIFY: 10 },
    required: [0, 2],
    allowed: [],
    elsewhere: [1],
  },
  { ...registers, rule: "xfrm", path: [name, "xfrm"], made: (xfrm) => ({ ...facts[name], xfrm }) },
  {
    rule: "misc-select",
    path: [name, "miscSelect"],
    width: 32,
    made: (value) => ({ ...facts[name], miscSelect: Number(value) }),
    bits: { EXINFO: 0, CPINFO: 1 },
    required: [],
    allowed: [0, 1],
    elsewhere: [],
  },
];

type TdxFields = { readonly tdAttributes: bigint } | { readonly xfam: bigint };
const td = (path: readonly string[], made: (change: TdxFields) => Authentic): readonly Field[] => [
  {
    rule: "td-attributes",
    path: [...path, "attributes"],
    width: 64,
    made: (tdAttributes) => made({ tdAttributes }),
    bits: {
      ICSSD: 16,
      LASS: 27,
      SEPT_VE_DISABLE: 28,
      MIGRATABLE: 29,
      PKS: 30,
      KL: 31,
      TPA: 62,
      PERFMON: 63,
    },
    required: [28],
    allowed: [16, 27],
    elsewhere: [0, 4, 5, 6],
  },
  { ...registers, rule: "xfam", path: [...path, "xfam"], made: (xfam) => made({ xfam }) },
];

type SnpFields = { readonly guestPolicy: bigint } | { readonly platformInfo: bigint };
const snp = (path: readonly string[], made: (change: SnpFields) => Authentic): readonly Field[] => [
  {
    rule: "guest-policy",
    path: [...path, "guestPolicy"],
    width: 64,
    made: (guestPolicy) => made({ guestPolicy }),
    bits: {
      SMT: 16,
      MIGRATE_MA: 18,
      SINGLE_SOCKET: 20,
      CXL_ALLOW: 21,
      MEM_AES_256_XTS: 22,
      RAPL_DIS: 23,
      CIPHERTEXT_HIDING_DRAM: 24,
      PAGE_SWAP_DISABLE: 25,
    },
    required: [],
    allowed: [20, 22, 23, 24, 25],
    elsewhere: [...range(0, 15), 17, 19],
  },
  {
    rule: "platform-info",
    path: [...path, "platformInfo"],
    width: 64,
    made: (platformInfo) => made({ platformInfo }),
    bits: {
      SMT_EN: 0,
      TSME_EN: 1,
      ECC_EN: 2,
      RAPL_DIS: 3,
      CIPHERTEXT_HIDING_DRAM_EN: 4,
      ALIAS_CHECK_COMPLETE: 5,
      IOMMU_WRITE_SAFE: 6,
      TIO_EN: 7,
    },
    required: [],
    allowed: range(0, 6),
    elsewhere: [],
  },
];

const below = (name: "azure-tdx" | "azure-snp", change: TdxFields | SnpFields): Authentic => {
  const { hardware } = facts[name];
  return { ...facts[name], hardware: { ...hardware, ...change } as typeof hardware };
};
const fields: readonly Field[] = [
  ...enclave("sgx"),
  ...enclave("ias"),
  ...td(["tdx"], (change) => ({ ...facts.tdx, ...change })),
  ...td(["tdx"], (change) => ({ ...facts.dstack, ...change })),
  ...td(["azure", "tdx"], (change) => below("azure-tdx", change)),
  ...snp(["snp"], (change) => ({ ...facts.snp, ...change })),
  ...snp(["azure", "snp"], (change) => below("azure-snp", change)),
];

const maskOf = (bits: readonly number[]) => bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);

/** The policy that accepts all synthetic evidence, with other lists for one field. */
function policyWith(path: readonly string[], lists: object | undefined): JsonObject {
  const put = (object: JsonObject, [name = "", ...rest]: readonly string[]): JsonObject => ({
    ...object,
    [name]: rest.length === 0 ? (lists as JsonObject) : put(object[name] as JsonObject, rest),
  });
  return lists === undefined ? accepting : put(accepting, path);
}

describe.each(fields.map((field) => [`${field.path.join(".")} of ${field.made(0n).kind}`, field] as const))(
  "%s",
  (_, { rule, path, width, made, bits, required, allowed, elsewhere }) => {
    const decode = (lists?: object) => decodePolicy(JSON.stringify(policyWith(path, lists)));
    const verdict = (set: readonly number[], lists?: object) =>
      appraise(decode(lists), made(maskOf(set)), at).reasons;
    const rules = (set: readonly number[], lists?: object) =>
      verdict(set, lists).map((reason) => reason.rule);
    const names = Object.keys(bits);

    it("has defaults that refuse every bit but the harmless ones", () => {
      const refused = range(0, width - 1).filter((bit) => rules([...required, bit]).includes(rule));
      const accepted = [...required, ...allowed, ...elsewhere];
      expect(refused).toEqual(range(0, width - 1).filter((bit) => !accepted.includes(bit)));
    });

    it.each(required)("requires bit %i by default", (bit) =>
      expect(rules(required.filter((other) => other !== bit))).toEqual([rule]),
    );

    it.each(names)("allows %s if the policy lists it, and then nothing else", (name) => {
      const lists = { require: [], allow: [name] };
      const accepted = range(0, width - 1).filter((bit) => rules([bit], lists).length === 0);
      expect(accepted).toEqual([...elsewhere, bits[name] as number].sort((a, b) => a - b));
    });

    it.each(names)("requires %s if the policy says so, and then allows it too", (name) => {
      const lists = { require: [name], allow: [] };
      expect(rules([bits[name] as number], lists)).toEqual([]);
      expect(rules([], lists)).toEqual([rule]);
      expect(verdict([], lists)[0]?.said).toContain(`lack ${name}`);
    });

    it("names the bits that it refuses", () => {
      const unknown = range(0, width - 1).find(
        (bit) => ![...Object.values(bits), ...elsewhere].includes(bit),
      );
      const [first = ""] = names;
      const [reason] = verdict([bits[first] as number, unknown as number], { require: [], allow: [] });
      for (const name of [first, `the unknown bit ${unknown}`]) expect(reason?.said).toContain(name);
    });

    it("is read strictly: an unknown name, a debug bit, or another key makes the policy invalid", () => {
      for (const name of ["DEBUG", "RESERVED", "bit 3", ""])
        for (const list of ["require", "allow"])
          expect(codeOf(() => decode({ [list]: [name] }))).toBe("json/unknown-variant");
      expect(codeOf(() => decode({ deny: [] }))).toBe("json/unknown-key");
    });
  },
);

describe("MIGRATABLE", () => {
  it("is refused in a quote without a service TD (TDX 1.0 body), unless the policy allows it", () => {
    const tdAttributes = maskOf([28, 29]);
    const guest: Authentic = { ...facts.tdx, tdAttributes, mrServiceTd: undefined };
    const rules = (lists?: object) =>
      appraise(decodePolicy(JSON.stringify(policyWith(["tdx", "attributes"], lists))), guest, at).reasons;
    expect(rules().map(({ rule }) => rule)).toEqual(["td-attributes"]);
    expect(rules({ allow: ["MIGRATABLE"] })).toEqual([]);
  });
});
