/**
 * Runs a library primitive and returns its result, or `undefined` if the primitive throws an `Error`. The
 * libraries throw for malformed keys, points and signatures.
 */
export function attempt<T>(primitive: () => T): T | undefined {
  try {
    return primitive();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
