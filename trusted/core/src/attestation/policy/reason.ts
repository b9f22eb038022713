/**
 * The reasons why a policy refuses evidence. Each check returns a list of reasons, which is empty if the
 * rules of the check hold.
 */

/** The names of the rules that a policy applies. */
export type Rule =
  | "policy-expired"
  | "kind"
  | "valid-until"
  | "report-data"
  | "debug"
  | "lineage"
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
  | "sgx-attributes"
  | "xfrm"
  | "misc-select"
  | "td-attributes"
  | "xfam"
  | "service-td"
  | "min-tcb"
  | "vmpl"
  | "vlek"
  | "guest-policy"
  | "platform-info"
  | "chip-id"
  | "masked-chip-id"
  | "min-guest-svn"
  | "pcrs"
  | "report-age";

/** A rule that failed. */
export interface Reason {
  readonly rule: Rule;
  /** The problem, in plain words. */
  readonly said: string;
}

/**
 * Returns a reason unless the rule holds. Callers write `holds` as a condition that is false for `NaN` and
 * for a missing fact, so that these count as failures.
 */
export function unless(holds: boolean, rule: Rule, said: () => string): readonly Reason[] {
  return holds ? [] : [{ rule, said: said() }];
}

/**
 * Combines the results of the entries that match the running code. If an entry accepts the code, returns no
 * reason. Otherwise returns the reasons of the entry with the fewest failed rules, or `none` if no entry
 * matches.
 */
export function anyOf(attempts: readonly (readonly Reason[])[], none: Reason): readonly Reason[] {
  const [first = [none], ...rest] = attempts;
  return rest.reduce((nearest, attempt) => (attempt.length < nearest.length ? attempt : nearest), first);
}

/** Returns a reason if an entry of the policy has expired, and otherwise an empty list. */
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

/**
 * Writes Unix milliseconds as an ISO 8601 time, or as "an unknown date" if they are missing or out of range.
 */
export function dateText(ms: number | undefined): string {
  return ms !== undefined && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : "an unknown date";
}
