/** The result of one search by the doctor. */
export interface Finding {
  readonly what: string;
  readonly path: string;
  /** `unusable`: the path exists, but this user may not open it, or no worker can use what is there. */
  readonly state: "present" | "absent" | "unusable";
  readonly said: string;
}

/** Reports that the doctor found what it looked for at `path`, which is a path or a URL. */
export function present(what: string, path: string, said: string): Finding {
  return { what, path, state: "present", said };
}

/** Reports that `path` exists, but that a worker that this user runs cannot use it. */
export function unusable(what: string, path: string, said: string): Finding {
  return { what, path, state: "unusable", said };
}

/** Reports that what the doctor looked for is not at `path`. */
export function absent(what: string, path: string, said: string): Finding {
  return { what, path, state: "absent", said };
}
