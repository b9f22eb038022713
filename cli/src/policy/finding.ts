/** A valid part of a policy that is a mistake or a weakness. */
export interface Finding {
  /** An error is always a mistake. A warning is for the author to consider. */
  readonly level: "error" | "warning";
  readonly rule: string;
  readonly said: string;
}

/** Returns an error if there is a mistake. */
export function error(isMistake: boolean, rule: string, said: string): readonly Finding[] {
  return isMistake ? [{ level: "error", rule, said }] : [];
}

/** Returns a warning if there is a weakness. */
export function warning(isWeak: boolean, rule: string, said: string): readonly Finding[] {
  return isWeak ? [{ level: "warning", rule, said }] : [];
}
