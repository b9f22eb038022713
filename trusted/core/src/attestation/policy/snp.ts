/** Which SEV-SNP guest runs there, and on which machine. */
import { fromHex } from "../../bytes/index.ts";
import type { SnpFacts } from "../authentic.ts";
import type { SnpPolicy, SnpRules } from "./policy.ts";
import { anyOf, inDate, type Reason, unless } from "./reason.ts";

export function snpRules(policy: SnpRules, facts: SnpFacts): readonly Reason[] {
  const { vmpl, allowVlek, allowSmt, allowMigrationAgent, chipIdAllow } = policy;
  return [
    ...leastTcb(policy, facts),
    ...unless(
      vmpl.includes(facts.vmpl),
      "vmpl",
      () =>
        `the report was asked for at privilege level ${facts.vmpl}, and the policy accepts ${vmpl.join(", ")}`,
    ),
    ...unless(
      allowVlek || facts.signedBy === "vcek",
      "vlek",
      () =>
        "it is signed with a key that AMD gave a cloud provider for all its machines (VLEK), not with the chip's own",
    ),
    ...unless(allowSmt || !facts.smt, "smt", () => "its guest may share processor cores with others (SMT)"),
    ...unless(
      allowMigrationAgent || !facts.migrationAgent,
      "migration-agent",
      () => "its guest may be moved by a migration agent, which sees all of it",
    ),
    ...unless(
      chipIdAllow === undefined || chipIdAllow.includes(facts.chipId),
      "chip-id",
      () => `its chip (${facts.chipId}) is none of those the policy names`,
    ),
  ];
}

/** AMD publishes no status; the least firmware is the policy's own to say. */
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
    () => `its firmware (TCB ${reportedTcb}) is older than the policy's least for ${product}`,
  );
}

interface Guest {
  readonly measurements: Readonly<Record<string, string>>;
  readonly guestSvn: number;
}

export function snpMeasurements(
  policy: SnpPolicy,
  { measurements, guestSvn }: Guest,
  atMs: number,
): readonly Reason[] {
  const have = measurements["measurement"];
  const attempts = policy.measurements
    .filter((entry) => entry.measurement === have)
    .map((entry) => [
      ...unless(
        guestSvn >= entry.minGuestSvn,
        "min-guest-svn",
        () => `its security version is ${guestSvn}, and the policy wants ${entry.minGuestSvn} or later`,
      ),
      ...inDate(entry, `the guest ${have}`, atMs),
    ]);
  return anyOf(attempts, { rule: "measurement", said: `the policy does not name its measurement ${have}` });
}
