/** Services of the stack, and the signals that end them. */

/** A running service. */
export interface Service {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Resolves at the first SIGINT or SIGTERM. If the same signal arrives again, the process ends at once. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
  });
}
