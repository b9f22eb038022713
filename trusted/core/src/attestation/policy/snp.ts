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
import type { AuthenticSnp, SnpFacts, SnpProduct } from "../evidence/snp.ts";
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
  readonly allowSmt: boolean;
  readonly allowMigrationAgent: boolean;
  /** Whether a host may hide the chip's id in reports. */
  readonly allowMaskedChipId: boolean;
  /** 64 bytes, hex: if present, only these chips are accepted. */
  readonly chipIdAllow: readonly string[] | undefined;
}

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
  allowSmt: jsonOptional(jsonBool),
  allowMigrationAgent: jsonOptional(jsonBool),
  allowMaskedChipId: jsonOptional(jsonBool),
  chipIdAllow: jsonOptional(jsonNullable(list(hex(64)))),
};

const rulesShape = jsonObject(rulesKeys);

function rulesOf(read: Read<typeof rulesShape>): SnpRules {
  const { vmpl = [0], allowVlek = false, allowSmt = false } = read;
  const { allowMigrationAgent = false, allowMaskedChipId = false } = read;
  const { milan, genoa, turin } = read.minTcb ?? {};
  const minTcb = {
    ...(milan === undefined ? {} : { milan }),
    ...(genoa === undefined ? {} : { genoa }),
    ...(turin === undefined ? {} : { turin }),
  };
  const chipIdAllow = read.chipIdAllow ?? undefined;
  return { minTcb, vmpl, allowVlek, allowSmt, allowMigrationAgent, allowMaskedChipId, chipIdAllow };
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
  atMs: number,
): readonly Reason[] {
  return inSection(section, "snp", "snp", (snp) => [
    ...snpRules(snp, guest),
    ...snpMeasurements(snp, guest, atMs),
  ]);
}

/**
 * Checks the rules about a guest's configuration and machine. Returns the reasons for a refusal, or an empty
 * list.
 */
export function snpRules(policy: SnpRules, facts: SnpFacts): readonly Reason[] {
  const { vmpl, allowVlek, allowSmt, allowMigrationAgent, allowMaskedChipId, chipIdAllow } = policy;
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
    ...unless(allowSmt || !facts.smt, "smt", () => "its guest may share processor cores with others (SMT)"),
    ...unless(
      allowMigrationAgent || !facts.migrationAgent,
      "migration-agent",
      () => "a migration agent may move its guest, and can read all of the guest's memory",
    ),
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

function snpMeasurements(
  policy: SnpPolicy,
  { measurements, guestSvn }: AuthenticSnp,
  atMs: number,
): readonly Reason[] {
  const have = measurements["measurement"];
  const attempts = policy.measurements
    .filter((entry) => entry.measurement === have)
    .map((entry) => [
      ...unless(
        guestSvn >= entry.minGuestSvn,
        "min-guest-svn",
        () => `its security version is ${guestSvn}, and the policy requires ${entry.minGuestSvn} or later`,
      ),
      ...inDate(entry, `the guest ${have}`, atMs),
    ]);
  return anyOf(attempts, { rule: "measurement", said: `the policy does not name its measurement ${have}` });
}
