/** The section `snp` (SEV-SNP guests), and the rules that it shares with the section `azure`. */
import type { GeneralPolicy, SnpPolicy, SnpRules } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import type { JsonObject } from "@pruntime/core/json";
import { error, type Finding, warning } from "../finding.ts";
import { acceptsBit, bitsJson, bitsLine, dated, type SectionWords, until } from "./words.ts";

/** How `pruntime policy` explains, lints and prints the section `snp`. */
export const snpWords: SectionWords<SnpPolicy> = {
  about: "SEV-SNP guests",
  accepts: (snp) =>
    snp.measurements.map(
      ({ measurement, minGuestSvn, ...entry }) =>
        `an SEV-SNP guest with measurement ${measurement}, ` +
        `security version ${minGuestSvn} or later${until(entry)}; ${snpRulesLine(snp)}`,
    ),
  entries: ({ measurements }) => measurements,
  platform: () => undefined,
  lint: (snp, general) => [
    ...lintSnpRules("snp", snp, general),
    ...warning(
      snp.measurements.some(({ minGuestSvn }) => minGuestSvn > 0),
      "version-by-host",
      "minGuestSvn stops no attacker: the measurement does not cover the guest's version, which the host " +
        "can choose. List the measurements of the builds that you accept",
    ),
  ],
  json: ({ measurements, ...rules }) => ({
    measurements: measurements.map(({ notAfterMs, ...entry }) => ({ ...entry, ...dated({ notAfterMs }) })),
    ...snpRulesJson(rules),
  }),
};

/** Describes in words the requirements for a guest and its machine. */
export function snpRulesLine(rules: SnpRules): string {
  const { minTcb, vmpl, allowVlek, guestPolicy, platformInfo, allowMaskedChipId, chipIdAllow } = rules;
  const products = Object.entries(minTcb).map(
    ([product, tcb]) => `${product} with firmware ${toHex(tcb)} or later in every part`,
  );
  return [
    products.length === 0 ? "on no product, because minTcb names none" : `on ${products.join(", or ")}`,
    `privilege level ${vmpl.join(" or ")}`,
    allowVlek ? "signed by the chip's own key or by its cloud provider's" : "signed by the chip's own key",
    bitsLine("guest policy", guestPolicy),
    bitsLine("platform", platformInfo),
    ...(allowMaskedChipId ? ["hidden chip ids allowed"] : []),
    ...(chipIdAllow === undefined ? [] : [`on ${chipIdAllow.length} named chips only`]),
  ].join("; ");
}

/** Finds mistakes and weaknesses in the rules of a section. `where` names that section. */
export function lintSnpRules(
  where: string,
  rules: SnpRules,
  { ppidAllow }: GeneralPolicy,
): readonly Finding[] {
  const { minTcb, vmpl, allowVlek, guestPolicy, platformInfo, allowMaskedChipId, chipIdAllow } = rules;
  return [
    ...error(
      Object.keys(minTcb).length === 0,
      "no-least-tcb",
      `${where}: minTcb names no product, so every AMD machine is refused`,
    ),
    ...error(
      vmpl.length === 0,
      "no-vmpl",
      `${where}: vmpl names no privilege level, so every report is refused`,
    ),
    ...warning(
      Object.values(minTcb).some((tcb) => tcb.every((byte) => byte === 0)),
      "zero-tcb",
      `${where}: a minTcb of zeros accepts firmware with every known vulnerability`,
    ),
    ...warning(
      vmpl.some((level) => level > 0),
      "vmpl",
      `${where}: reports from levels other than privilege level 0 are accepted, ` +
        "so the software at level 0 is trusted too",
    ),
    ...warning(
      allowVlek,
      "vlek",
      `${where}: the cloud provider's key is accepted, which identifies no single chip`,
    ),
    ...warning(
      acceptsBit(guestPolicy, "SMT"),
      "smt",
      `${where}: a guest may share cores with other guests, which can then observe its timing`,
    ),
    ...warning(
      acceptsBit(guestPolicy, "MIGRATE_MA"),
      "migration-agent",
      `${where}: a migration agent is accepted, which can read the guest's memory`,
    ),
    ...warning(
      !platformInfo.require.includes("ALIAS_CHECK_COMPLETE"),
      "alias-check",
      `${where}: ALIAS_CHECK_COMPLETE is not required, so a machine may have memory modules ` +
        "that were altered to show the guest's memory under a second address (BadRAM)",
    ),
    ...warning(
      allowMaskedChipId,
      "masked-chip-id",
      `${where}: hosts may hide the chip's id, so reports do not show whether two guests share a machine`,
    ),
    ...warning(
      ppidAllow !== undefined && chipIdAllow === undefined,
      "any-chip",
      `${where}: Intel machines are named in ppidAllow, but AMD chips are not in chipIdAllow`,
    ),
  ];
}

/** Writes the SEV-SNP rules as JSON, as in a policy's text. */
export function snpRulesJson(policy: SnpRules): JsonObject {
  const { minTcb, guestPolicy, platformInfo, chipIdAllow, ...rules } = policy;
  const least = Object.fromEntries(Object.entries(minTcb).map(([product, tcb]) => [product, toHex(tcb)]));
  const bits = { guestPolicy: bitsJson(guestPolicy), platformInfo: bitsJson(platformInfo) };
  return { minTcb: least, ...rules, ...bits, chipIdAllow: chipIdAllow ?? null };
}
