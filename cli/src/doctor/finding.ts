/** The result of one search by the doctor. */
export interface Finding {
  readonly what: string;
  readonly path: string;
  /** `unusable`: the path exists, but this user may not open it, or the hardware there does not work. */
  readonly state: "present" | "absent" | "unusable";
  readonly said: string;
}

/** Reports that `path` exists and that this user may open it. */
export function present(what: string, path: string, said: string): Finding {
  return { what, path, state: "present", said };
}

/** Reports that `path` exists, but that this user cannot use it. */
export function unusable(what: string, path: string, said: string): Finding {
  return { what, path, state: "unusable", said };
}

/** Reports that `path` does not exist. */
export function absent(what: string, path: string, said: string): Finding {
  return { what, path, state: "absent", said };
}
