/** Decides which SEV-SNP guests a policy accepts, and on which machines. */
import { fromHex } from "../../bytes/index.ts";
import {
  JsonError,
  type JsonReader,
  jsonBool,
  jsonHex,
  jsonMap,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonReader,
  jsonU32,
  type Read,
  schemaOf,
} from "../../json/index.ts";
import type { Code } from "../code.ts";
import { type AuthenticSnp, guestDebug, type SnpFacts, type SnpProduct } from "../evidence/snp.ts";
import { type BitField, type BitRule, bitReasons, bitRule, strictest } from "./bits.ts";
import type { Entry, GeneralPolicy } from "./general.ts";
import { entry, hex, list } from "./readers.ts";
import { anyOf, inDate, type Reason, unless } from "./reason.ts";
import { inSection } from "./section.ts";

/** The requirements for an SEV-SNP guest and its machine. */
export interface SnpRules {
  /**
   * The lowest accepted TCB of each product: 8 bytes, each a minimum for the same byte of the reported TCB.
   * Products that are not listed are refused.
   */
  readonly minTcb: Readonly<Partial<Record<SnpProduct, Uint8Array>>>;
  readonly vmpl: readonly number[];
  readonly allowVlek: boolean;
  readonly guestPolicy: BitRule;
  readonly platformInfo: BitRule;
  /** Whether a host may hide the chip's id in reports. */
  readonly allowMaskedChipId: boolean;
  /** 64 bytes, hex: if present, only these chips are accepted. */
  readonly chipIdAllow: readonly string[] | undefined;
}

/**
 * The settings of a guest's own policy. The rule `debug` judges DEBUG. The lowest 16 bits are the ABI version
 * that the guest needs, and bit 17 is set in every policy. SMT, MIGRATE_MA and CXL_ALLOW widen what the host
 * may do. All other settings restrict the host.
 * @see https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/56860.pdf (AMD's
 * SEV-SNP firmware ABI specification, Guest Policy)
 */
export const guestPolicyField: BitField = {
  rule: "guest-policy",
  what: "its guest's policy settings",
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
  require: [],
  allow: ["SINGLE_SOCKET", "MEM_AES_256_XTS", "RAPL_DIS", "CIPHERTEXT_HIDING_DRAM", "PAGE_SWAP_DISABLE"],
  ignored: 0xffffn | (1n << 17n) | guestDebug,
};

/**
 * The settings of a machine. A machine may have SMT enabled: its firmware runs no guest there whose policy
 * forbids SMT.
 * @see https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/56860.pdf (AMD's
 * SEV-SNP firmware ABI specification, PLATFORM_INFO)
 */
export const platformInfoField: BitField = {
  rule: "platform-info",
  what: "its machine's settings",
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
  ignored: 0n,
};

/** The section for SEV-SNP guests. */
export interface SnpPolicy extends SnpRules {
  readonly measurements: readonly SnpMeasurement[];
}

/** The reference values for one guest. */
export interface SnpMeasurement extends Entry {
  /** 48 bytes, hex. */
  readonly measurement: string;
  readonly minGuestSvn: number;
}

const tcb = jsonOptional(jsonHex(8));

const vmpl: JsonReader<number> = jsonMap(jsonU32, (level, at) => {
  if (level > 3)
    throw new JsonError({ code: "json/out-of-range", at, want: "a privilege level from 0 to 3" });
  return level;
});

const rulesKeys = {
  minTcb: jsonOptional(jsonObject({ milan: tcb, genoa: tcb, turin: tcb })),
  vmpl: jsonOptional(list(vmpl)),
  allowVlek: jsonOptional(jsonBool),
  guestPolicy: jsonOptional(bitRule(guestPolicyField)),
  platformInfo: jsonOptional(bitRule(platformInfoField)),
  allowMaskedChipId: jsonOptional(jsonBool),
  chipIdAllow: jsonOptional(jsonNullable(list(hex(64)))),
};

const rulesShape = jsonObject(rulesKeys);

function rulesOf(read: Read<typeof rulesShape>): SnpRules {
  const { vmpl = [0], allowVlek = false, allowMaskedChipId = false } = read;
  const { guestPolicy = strictest(guestPolicyField), platformInfo = strictest(platformInfoField) } = read;
  const { milan, genoa, turin } = read.minTcb ?? {};
  const minTcb = {
    ...(milan === undefined ? {} : { milan }),
    ...(genoa === undefined ? {} : { genoa }),
    ...(turin === undefined ? {} : { turin }),
  };
  const chipIdAllow = read.chipIdAllow ?? undefined;
  return { minTcb, vmpl, allowVlek, guestPolicy, platformInfo, allowMaskedChipId, chipIdAllow };
}

/** Reads the `azure` section's rules for SEV-SNP, which have no measurements. @throws JsonError */
export const readSnpRules: JsonReader<SnpRules> = jsonMap(rulesShape, rulesOf);

const bareMeasurement = hex(48);
const fullMeasurement = jsonObject({ ...entry, measurement: hex(48), minGuestSvn: jsonOptional(jsonU32) });

/** Reads a measurement as a string, or as an object with conditions. */
const snpMeasurement: JsonReader<SnpMeasurement> = jsonReader(
  { anyOf: [schemaOf(bareMeasurement), schemaOf(fullMeasurement)] },
  (value, at) => {
    if (typeof value === "string")
      return { measurement: bareMeasurement(value, at), minGuestSvn: 0, notAfterMs: undefined };
    const { measurement, minGuestSvn = 0, notAfter } = fullMeasurement(value, at);
    return { measurement, minGuestSvn, notAfterMs: notAfter };
  },
);

/** Reads the section `snp`. @throws JsonError */
export const readSnp: JsonReader<SnpPolicy> = jsonMap(
  jsonObject({ ...rulesKeys, measurements: list(snpMeasurement) }),
  ({ measurements, ...rules }) => ({ measurements, ...rulesOf(rules) }),
);

/** Checks the rules for SEV-SNP guests. Returns the reasons for a refusal, or an empty list. */
export function appraiseSnp(
  _general: GeneralPolicy,
  section: SnpPolicy | undefined,
  guest: AuthenticSnp,
): readonly Reason[] {
  return inSection(section, "snp", "snp", (snp) => snpRules(snp, guest));
}

/**
 * Checks the rules about a guest's configuration and machine. Returns the reasons for a refusal, or an empty
 * list.
 */
export function snpRules(policy: SnpRules, facts: SnpFacts): readonly Reason[] {
  const { vmpl, allowVlek, allowMaskedChipId, chipIdAllow } = policy;
  return [
    ...leastTcb(policy, facts),
    ...unless(
      vmpl.includes(facts.vmpl),
      "vmpl",
      () => `the report comes from privilege level ${facts.vmpl}, and the policy accepts ${vmpl.join(", ")}`,
    ),
    ...unless(
      allowVlek || facts.signedBy === "vcek",
      "vlek",
      () => "it is signed with a cloud provider's key for many machines (VLEK), not with the chip's own key",
    ),
    ...bitReasons(guestPolicyField, policy.guestPolicy, facts.guestPolicy),
    ...bitReasons(platformInfoField, policy.platformInfo, facts.platformInfo),
    ...unless(
      allowMaskedChipId || !facts.chipIdMasked,
      "masked-chip-id",
      () =>
        "its host hides the chip's id (MASK_CHIP_ID), so its reports do not say which machine they come from",
    ),
    ...unless(
      chipIdAllow === undefined || chipIdAllow.includes(facts.chipId),
      "chip-id",
      () => `its chip (${facts.chipId}) is not one that the policy names`,
    ),
  ];
}

/** Checks the firmware versions. AMD publishes no TCB status, so the policy sets the lowest versions. */
function leastTcb({ minTcb }: SnpRules, { product, reportedTcb }: SnpFacts): readonly Reason[] {
  const least = minTcb[product];
  if (least === undefined)
    return unless(
      false,
      "min-tcb",
      () => `the policy does not say which firmware (minTcb) ${product} must have`,
    );
  const have = fromHex(reportedTcb);
  const reached = have.length === least.length && have.every((byte, i) => byte >= (least[i] as number));
  return unless(
    reached,
    "min-tcb",
    () => `its firmware (TCB ${reportedTcb}) is older than the policy's minimum for ${product}`,
  );
}

/** The facts by which a policy recognizes a guest: its measurement and its security version. */
export function snpCode({ measurements, guestSvn }: AuthenticSnp): Code {
  return { ...measurements, guestSvn: String(guestSvn) };
}

/** Compares a guest with the entries of the section. Returns the reasons for a refusal, or an empty list. */
export function judgeSnp(policy: SnpPolicy, guest: Code, atMs: number): readonly Reason[] {
  const { measurement: have, guestSvn } = guest;
  const attempts = policy.measurements
    .filter((entry) => entry.measurement === have)
    .map((entry) => [
      ...unless(
        Number(guestSvn) >= entry.minGuestSvn,
        "min-guest-svn",
        () => `its security version is ${guestSvn}, and the policy requires ${entry.minGuestSvn} or later`,
      ),
      ...inDate(entry, `the guest ${have}`, atMs),
    ]);
  return anyOf(attempts, { rule: "measurement", said: `the policy does not name its measurement ${have}` });
}
