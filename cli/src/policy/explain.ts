/** What a policy comes to, in plain words. */
import type {
  AzurePolicy,
  Policy,
  SgxPolicy,
  SnpPolicy,
  SnpRules,
  TdxPolicy,
  TdxRules,
} from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";

export interface Explanation {
  /** Evidence that is accepted, and on what conditions. */
  readonly accepts: readonly string[];
  readonly refuses: readonly string[];
}

export function explainPolicy(policy: Policy): Explanation {
  const { sgx, tdx, snp, azure, ias, simulated } = policy;
  const accepts = [
    ...sgxLines("an SGX enclave", sgx),
    ...tdxLines(tdx),
    ...snpLines(snp),
    ...azureLines(azure),
    ...sgxLines("a report of Intel's retired EPID service about an enclave", ias),
    ...(simulated === undefined ? [] : [simulatedLine(simulated.measurements)]),
  ];
  return {
    accepts: accepts.length === 0 ? ["nothing at all"] : accepts,
    refuses: [...absent(policy), ...platformLines(policy), ...alwaysLines(policy)],
  };
}

function until(notAfterMs: number | undefined): string {
  return notAfterMs === undefined ? "" : `, until ${new Date(notAfterMs).toISOString()}`;
}

function sgxLines(what: string, sgx: SgxPolicy | undefined): readonly string[] {
  if (sgx === undefined) return [];
  return [
    ...sgx.measurements.map(
      ({ mrenclave, minIsvSvn, notAfterMs }) =>
        `${what} with MRENCLAVE ${mrenclave}, security version ${minIsvSvn} or later${until(notAfterMs)}`,
    ),
    ...sgx.mrsigner.map(
      ({ mrsigner, isvProdId, minIsvSvn, notAfterMs }) =>
        `${what}, any, that ${mrsigner} (MRSIGNER) has signed as product ${isvProdId}, security version ${minIsvSvn} or later${until(notAfterMs)}`,
    ),
  ];
}

function tdxLines(tdx: TdxPolicy | undefined): readonly string[] {
  if (tdx === undefined) return [];
  return tdx.images.map(({ registers, events, notAfterMs }) => {
    const wanted = [
      ...Object.entries(registers).map(([name, value]) => `${name.toUpperCase()} ${value}`),
      ...eventWords(events),
    ];
    return `a TDX guest with ${wanted.join(", ")}${until(notAfterMs)}; ${tdxWords(tdx)}`;
  });
}

function eventWords(events: TdxPolicy["images"][number]["events"]): readonly string[] {
  return Object.entries(events).map(([name, value]) => `${name} ${value} in its dstack event log`);
}

function tdxWords({ requireSeptVeDisable, allowServiceTd, xfamMask }: TdxRules): string {
  return [
    requireSeptVeDisable ? "its host cannot take pages away unseen" : "its host may take pages away",
    allowServiceTd.length === 0 ? "no service TD" : `no service TD but ${allowServiceTd.join(", ")}`,
    ...(xfamMask === undefined ? [] : [`no extended features beyond 0x${xfamMask.toString(16)}`]),
  ].join("; ");
}

function snpLines(snp: SnpPolicy | undefined): readonly string[] {
  if (snp === undefined) return [];
  return snp.measurements.map(
    ({ measurement, minGuestSvn, notAfterMs }) =>
      `an SEV-SNP guest with measurement ${measurement}, security version ${minGuestSvn} or later${until(notAfterMs)}; ${snpWords(snp)}`,
  );
}

function snpWords({ minTcb, vmpl, allowVlek, allowSmt, allowMigrationAgent, chipIdAllow }: SnpRules): string {
  const products = Object.entries(minTcb).map(
    ([product, tcb]) => `${product} with firmware ${toHex(tcb)} or later in every part`,
  );
  return [
    products.length === 0 ? "on no product, for none has a least firmware" : `on ${products.join(", or ")}`,
    `privilege level ${vmpl.join(" or ")}`,
    allowVlek ? "signed by the chip or by its cloud provider's key" : "signed by the chip's own key",
    allowSmt ? "shared cores allowed" : "no shared cores",
    allowMigrationAgent ? "a migration agent allowed" : "no migration agent",
    ...(chipIdAllow === undefined ? [] : [`on ${chipIdAllow.length} named chips only`]),
  ].join("; ");
}

function azureLines(azure: AzurePolicy | undefined): readonly string[] {
  if (azure === undefined) return [];
  const on = [
    ...(azure.tdx === undefined ? [] : [`on TDX: ${tdxWords(azure.tdx)}`]),
    ...(azure.snp === undefined ? [] : [`on SEV-SNP: ${snpWords(azure.snp)}`]),
  ];
  if (on.length === 0) return [];
  return azure.images.map(({ launch, pcrs, notAfterMs }) => {
    const wanted = Object.entries(pcrs).map(([number, value]) => `PCR ${number} ${value}`);
    return `a guest of Azure below the paravisor ${launch} with ${wanted.join(", ")}${until(notAfterMs)}; ${on.join("; ")}`;
  });
}

function simulatedLine(measurements: readonly string[] | undefined): string {
  const code =
    measurements === undefined
      ? "whatever code it claims"
      : `code it claims to be ${measurements.join(" or ")}`;
  return `SIMULATED evidence, which proves nothing: anybody can make it, for ${code}`;
}

function absent({ sgx, tdx, snp, azure, ias, simulated }: Policy): readonly string[] {
  const kinds = { "SGX enclaves": sgx, "TDX guests": tdx, "SEV-SNP guests": snp, "guests of Azure": azure };
  const more = { "reports of Intel's retired EPID service": ias, "simulated evidence": simulated };
  const none = Object.entries({ ...kinds, ...more }).flatMap(([name, section]) =>
    section === undefined ? [name] : [],
  );
  return none.length === 0 ? [] : [`all ${none.join(", all ")}`];
}

function platformLines(policy: Policy): readonly string[] {
  if ([policy.sgx, policy.tdx, policy.ias, policy.azure?.tdx].every((section) => section === undefined))
    return [];
  const { tcb, minTcbEvaluationDataNumber: least, collateralMaxAgeDays: days, fmspcDeny, ppidAllow } = policy;
  const accepted = tcb.accept.filter((status) => status !== "Revoked");
  return [
    `Intel platforms whose TCB status is not ${accepted.length === 0 ? "anything, so all of them" : accepted.join(" or ")}`,
    ...(tcb.graceDays === 0
      ? []
      : [
          `Intel platforms that are out of date, but for the first ${tcb.graceDays} days after the tcbDate of their level`,
        ]),
    `advisories${tcb.advisoriesAllowed.length === 0 ? ", all of them" : ` other than ${tcb.advisoriesAllowed.join(", ")}`}`,
    ...(least === undefined ? [] : [`collateral with a TCB evaluation data number below ${least}`]),
    ...(days === undefined ? [] : [`collateral older than ${days} days`]),
    ...(fmspcDeny.length === 0 ? [] : [`processors of the models ${fmspcDeny.join(", ")}`]),
    ...(ppidAllow === undefined ? [] : [`Intel machines other than the ${ppidAllow.length} that are named`]),
  ];
}

function alwaysLines({ allowDebug, maxAgeSec, notAfterMs }: Policy): readonly string[] {
  return [
    ...(allowDebug ? [] : ["everything in debug mode"]),
    `verdicts older than ${maxAgeSec} seconds: fresh evidence must be asked for`,
    ...(notAfterMs === undefined
      ? []
      : [`everything after ${new Date(notAfterMs).toISOString()}, when the policy itself runs out`]),
    "always: platforms that are revoked, enclaves signed with the key of Intel's sample code, evidence bound to no key",
  ];
}
