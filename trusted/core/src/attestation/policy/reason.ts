/** Why evidence is refused. A check returns a reason for each rule that failed; none means that it passed. */

/** The rules a policy is made of. */
export type Rule =
  | "policy-expired"
  | "kind"
  | "valid-until"
  | "report-data"
  | "debug"
  | "tcb-revoked"
  | "tcb-status"
  | "advisories"
  | "tcb-evaluation-data-number"
  | "collateral-age"
  | "fmspc"
  | "ppid"
  | "measurement"
  | "sample-signer"
  | "isv-prod-id"
  | "min-isv-svn"
  | "not-after"
  | "compose-hash"
  | "os-image-hash"
  | "app-id"
  | "sept-ve-disable"
  | "service-td"
  | "xfam"
  | "min-tcb"
  | "vmpl"
  | "vlek"
  | "smt"
  | "migration-agent"
  | "chip-id"
  | "min-guest-svn"
  | "pcrs"
  | "report-age";

export interface Reason {
  readonly rule: Rule;
  /** In plain words; for people. */
  readonly said: string;
}

/** A reason unless the rule holds. What cannot be compared (`NaN`, a fact that is missing) does not hold. */
export function unless(holds: boolean, rule: Rule, said: () => string): readonly Reason[] {
  return holds ? [] : [{ rule, said: said() }];
}

/**
 * What several entries of a list come to: one that holds whole is enough. Otherwise the one that came nearest
 * tells why; `none` when no entry is about what runs there.
 */
export function anyOf(attempts: readonly (readonly Reason[])[], none: Reason): readonly Reason[] {
  const [first = [none], ...rest] = attempts;
  return rest.reduce((nearest, attempt) => (attempt.length < nearest.length ? attempt : nearest), first);
}

/** Whether an entry still counts. */
export function inDate(
  { notAfterMs }: { readonly notAfterMs: number | undefined },
  what: string,
  atMs: number,
): readonly Reason[] {
  return unless(
    notAfterMs === undefined || atMs <= notAfterMs,
    "not-after",
    () => `the policy accepts ${what} only until ${dateText(notAfterMs)}`,
  );
}

/** A moment for people. */
export function dateText(ms: number | undefined): string {
  return ms !== undefined && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : "an unknown date";
}
