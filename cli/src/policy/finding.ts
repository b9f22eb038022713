/** A mistake or a weakness in a valid policy. */
export interface Finding {
  /** `error`: certainly a mistake. `warning`: a weakness that the author may have intended. */
  readonly level: "error" | "warning";
  readonly rule: string;
  readonly said: string;
}

/** Returns a list with one error, or an empty list if there is no mistake. */
export function error(isMistake: boolean, rule: string, said: string): readonly Finding[] {
  return isMistake ? [{ level: "error", rule, said }] : [];
}

/** Returns a list with one warning, or an empty list if there is no weakness. */
export function warning(isWeak: boolean, rule: string, said: string): readonly Finding[] {
  return isWeak ? [{ level: "warning", rule, said }] : [];
}
