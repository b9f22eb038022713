/** A part of the stack while it runs. */

/** A running part. */
export interface Service {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Settles at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
  });
}
