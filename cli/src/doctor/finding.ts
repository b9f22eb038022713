/** The result of one search by the doctor. */
export interface Finding {
  readonly what: string;
  readonly path: string;
  /** `unusable`: it exists, but this user may not open it, or it reports that it does not work. */
  readonly state: "present" | "absent" | "unusable";
  readonly said: string;
}

/** It exists, and this user may open it. */
export function present(what: string, path: string, said: string): Finding {
  return { what, path, state: "present", said };
}

/** It exists, but this user cannot use it. */
export function unusable(what: string, path: string, said: string): Finding {
  return { what, path, state: "unusable", said };
}

/** It does not exist. */
export function absent(what: string, path: string, said: string): Finding {
  return { what, path, state: "absent", said };
}
