/** Why evidence is refused. A check returns a reason for each rule that fails, and none when all hold. */

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
  | "masked-chip-id"
  | "min-guest-svn"
  | "pcrs"
  | "report-age";

/** A rule that failed. */
export interface Reason {
  readonly rule: Rule;
  /** What is wrong, in plain words. */
  readonly said: string;
}

/** A reason unless the rule holds. A comparison with `NaN` or a missing fact does not hold. */
export function unless(holds: boolean, rule: Rule, said: () => string): readonly Reason[] {
  return holds ? [] : [{ rule, said: said() }];
}

/**
 * The result of trying several entries of a list: no reason if one of them holds. Otherwise the reasons of
 * the entry that fails the fewest rules; `none` when no entry is about what runs there.
 */
export function anyOf(attempts: readonly (readonly Reason[])[], none: Reason): readonly Reason[] {
  const [first = [none], ...rest] = attempts;
  return rest.reduce((nearest, attempt) => (attempt.length < nearest.length ? attempt : nearest), first);
}

/** The reason that an entry has expired, if it has. */
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

/** A moment in words, from Unix milliseconds. */
export function dateText(ms: number | undefined): string {
  return ms !== undefined && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : "an unknown date";
}
