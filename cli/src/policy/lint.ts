/** What is legal in a policy, and still a mistake or weak. */
import type { Policy, SgxPolicy, SnpRules, TdxRules } from "@pruntime/core/attestation";
import { sampleSigner } from "@pruntime/core/attestation";

/** An error can never be meant; a warning is for the author to weigh. */
export interface Finding {
  readonly level: "error" | "warning";
  readonly rule: string;
  readonly said: string;
}

/** @param nowMs unix milliseconds @param isSigned whether the policy travels with a signature */
export function lintPolicy(policy: Policy, nowMs: number, isSigned: boolean): readonly Finding[] {
  return [
    ...generally(policy, nowMs, isSigned),
    ...ofIntel(policy),
    ...ofSgx(policy),
    ...ofTdx(policy),
    ...ofSnp(policy),
    ...ofRest(policy),
  ];
}

function error(bad: boolean, rule: string, said: string): readonly Finding[] {
  return bad ? [{ level: "error", rule, said }] : [];
}

function warning(weak: boolean, rule: string, said: string): readonly Finding[] {
  return weak ? [{ level: "warning", rule, said }] : [];
}

function generally(policy: Policy, nowMs: number, isSigned: boolean): readonly Finding[] {
  const { notAfterMs, maxAgeSec, allowDebug } = policy;
  const ends = entryEnds(policy);
  return [
    ...error(
      countEntries(policy) === 0,
      "accepts-nothing",
      "no section names anything that is accepted: all evidence is refused",
    ),
    ...warning(
      notAfterMs !== undefined && notAfterMs < nowMs,
      "not-after-past",
      "the policy itself has run out: it accepts nothing any more",
    ),
    ...warning(
      ends.some((end) => end < nowMs),
      "not-after-past",
      `${ends.filter((end) => end < nowMs).length} of its entries have run out: they accept nothing any more`,
    ),
    ...warning(
      isSigned && notAfterMs === undefined,
      "signed-for-ever",
      "it is signed and has no notAfter: somebody may show it again after you have signed a stricter one",
    ),
    ...warning(
      maxAgeSec > 24 * 3600,
      "max-age",
      `a verdict may be relied on for ${maxAgeSec} seconds, more than a day`,
    ),
    ...warning(
      allowDebug,
      "allow-debug",
      "debug mode is accepted: whoever owns such a machine can look inside",
    ),
  ];
}

function entries(policy: Policy): readonly { readonly notAfterMs: number | undefined }[] {
  const { sgx, tdx, snp, azure, ias } = policy;
  const onAzure = azure?.tdx === undefined && azure?.snp === undefined ? [] : azure.images;
  return [
    ...(sgx?.measurements ?? []),
    ...(sgx?.mrsigner ?? []),
    ...(tdx?.images ?? []),
    ...(snp?.measurements ?? []),
    ...onAzure,
    ...(ias?.measurements ?? []),
    ...(ias?.mrsigner ?? []),
  ];
}

function entryEnds(policy: Policy): readonly number[] {
  return entries(policy).flatMap(({ notAfterMs }) => (notAfterMs === undefined ? [] : [notAfterMs]));
}

function countEntries(policy: Policy): number {
  const { simulated } = policy;
  return entries(policy).length + (simulated === undefined ? 0 : (simulated.measurements?.length ?? 1));
}

function ofIntel(policy: Policy): readonly Finding[] {
  const { tcb, sgx, tdx, azure, ias } = policy;
  const { accept, graceDays } = tcb;
  const byCollateral = sgx !== undefined || tdx !== undefined || azure?.tdx !== undefined;
  const outOfDate = accept.filter((status) => status.startsWith("OutOfDate"));
  return [
    ...error(
      accept.includes("Revoked"),
      "revoked",
      "tcb.accept lists Revoked, which is refused whatever a policy says: take it out",
    ),
    ...error(
      (byCollateral || ias !== undefined) && accept.every((status) => status === "Revoked"),
      "accepts-no-status",
      "tcb.accept lists no status, so that every Intel platform is refused",
    ),
    ...warning(
      outOfDate.length > 0,
      "out-of-date",
      `${outOfDate.join(" and ")} is accepted for ever: such platforms have known holes. graceDays gives them a time`,
    ),
    ...warning(
      graceDays > 0,
      "grace-days",
      `platforms that are out of date are accepted for ${graceDays} days after the tcbDate of their level`,
    ),
    ...warning(
      byCollateral && policy.minTcbEvaluationDataNumber === undefined,
      "no-least-collateral",
      "no minTcbEvaluationDataNumber: a worker may choose older collateral that does not know of the newest advisories",
    ),
    ...warning(
      byCollateral && (policy.collateralMaxAgeDays ?? 31) > 30,
      "collateral-age",
      "collateralMaxAgeDays is missing or above 30: revocations reach it late",
    ),
  ];
}

function ofSgx({ sgx, ias }: Policy): readonly Finding[] {
  const signers = [...(sgx?.mrsigner ?? []), ...(ias?.mrsigner ?? [])];
  const bySignerAlone = (section: SgxPolicy | undefined) =>
    section !== undefined && section.measurements.length === 0 && section.mrsigner.length > 0;
  return [
    ...error(
      signers.some(({ mrsigner }) => mrsigner === sampleSigner),
      "sample-signer",
      "mrsigner lists the key of Intel's sample code, which everybody has; it is refused whatever a policy says",
    ),
    ...warning(
      bySignerAlone(sgx) || bySignerAlone(ias),
      "signer-only",
      "enclaves are accepted by their signer alone: everything that key ever signs, and whoever gets hold of it",
    ),
    ...warning(
      signers.some(({ minIsvSvn }) => minIsvSvn === 0),
      "no-least-version",
      "a signer with minIsvSvn 0: its oldest enclaves are accepted too, with the holes they have",
    ),
    ...warning(
      ias !== undefined,
      "ias",
      "reports of Intel's EPID service are accepted: Intel retired it in 2025, and its keys are no longer maintained",
    ),
  ];
}

function ofTdx({ tdx, azure }: Policy): readonly Finding[] {
  const images = tdx?.images ?? [];
  const lacks = (names: readonly string[]) =>
    images.some(({ registers }) => names.some((name) => registers[name] === undefined));
  const logged = images.filter(({ events }) => Object.keys(events).length > 0);
  return [
    ...error(
      logged.some(({ registers }) => registers["rtmr1"] === undefined || registers["rtmr2"] === undefined),
      "log-without-kernel",
      "an image names dstack events, but not RTMR1 and RTMR2: a kernel of anybody's may write any events",
    ),
    ...warning(
      lacks(["rtmr0"]),
      "no-rtmr0",
      "an image does not name RTMR0: its host may choose the virtual hardware, ACPI tables included",
    ),
    ...warning(
      lacks(["rtmr1", "rtmr2"]),
      "no-kernel",
      "an image does not name RTMR1 and RTMR2: any kernel and command line are accepted on that firmware",
    ),
    ...warning(
      images.some(
        ({ registers, events }) => registers["rtmr3"] === undefined && events["compose-hash"] === undefined,
      ),
      "no-application",
      "an image names neither RTMR3 nor composeHash: what was started at run time is not judged",
    ),
    ...ofTdxRules("tdx", tdx),
    ...ofTdxRules("azure.tdx", azure?.tdx),
  ];
}

function ofTdxRules(where: string, rules: TdxRules | undefined): readonly Finding[] {
  if (rules === undefined) return [];
  return [
    ...warning(
      !rules.requireSeptVeDisable,
      "sept-ve",
      `${where}: guests without SEPT_VE_DISABLE are accepted (Azure's are so)`,
    ),
    ...warning(
      rules.allowServiceTd.length > 0,
      "service-td",
      `${where}: guests with a service TD are accepted: it can change them`,
    ),
  ];
}

function ofSnp({ snp, azure, ppidAllow }: Policy): readonly Finding[] {
  const sections = [["snp", snp] as const, ["azure.snp", azure?.snp] as const];
  return sections.flatMap(([where, rules]) =>
    rules === undefined ? [] : ofSnpRules(where, rules, ppidAllow !== undefined),
  );
}

function ofSnpRules(where: string, rules: SnpRules, namesMachines: boolean): readonly Finding[] {
  const { minTcb, vmpl, allowVlek, allowSmt, allowMigrationAgent, chipIdAllow } = rules;
  return [
    ...error(
      Object.keys(minTcb).length === 0,
      "no-least-tcb",
      `${where}: minTcb names no product, so that every AMD machine is refused`,
    ),
    ...error(
      vmpl.length === 0,
      "no-vmpl",
      `${where}: vmpl names no privilege level, so that every report is refused`,
    ),
    ...warning(
      Object.values(minTcb).some((tcb) => tcb.every((byte) => byte === 0)),
      "zero-tcb",
      `${where}: a minTcb of zeros accepts firmware with every known hole`,
    ),
    ...warning(
      vmpl.some((level) => level > 0),
      "vmpl",
      `${where}: reports from above privilege level 0 are accepted: the software at level 0 is then trusted, too`,
    ),
    ...warning(
      allowVlek,
      "vlek",
      `${where}: the cloud provider's key is accepted, which vouches for no single chip`,
    ),
    ...warning(
      allowSmt,
      "smt",
      `${where}: cores may be shared with others, so that what runs beside may be felt`,
    ),
    ...warning(
      allowMigrationAgent,
      "migration-agent",
      `${where}: a migration agent is accepted, which sees all of the guest`,
    ),
    ...warning(
      namesMachines && chipIdAllow === undefined,
      "any-chip",
      `${where}: Intel machines are named in ppidAllow, but AMD chips are not in chipIdAllow`,
    ),
  ];
}

function ofRest({ azure, simulated }: Policy): readonly Finding[] {
  return [
    ...error(
      azure !== undefined && azure.tdx === undefined && azure.snp === undefined,
      "no-hardware",
      "azure has neither a section tdx nor snp, so that every guest of Azure is refused",
    ),
    ...warning(
      simulated !== undefined,
      "simulated",
      "simulated evidence is accepted: it proves nothing, and anybody can make it. For development only",
    ),
  ];
}
