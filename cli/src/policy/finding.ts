/** A finding about a policy: legal content that is nevertheless a mistake or weak. */
export interface Finding {
  /** An error can never be meant; a warning is for the author to weigh. */
  readonly level: "error" | "warning";
  readonly rule: string;
  readonly said: string;
}

/** An error, if it is one. */
export function error(isMistake: boolean, rule: string, said: string): readonly Finding[] {
  return isMistake ? [{ level: "error", rule, said }] : [];
}

/** A warning, if there is reason for one. */
export function warning(isWeak: boolean, rule: string, said: string): readonly Finding[] {
  return isWeak ? [{ level: "warning", rule, said }] : [];
}
