/**
 * Runs a library primitive that throws for malformed keys, points and signatures, and returns `undefined` in
 * that case. Callers check lengths beforehand.
 */
export function attempt<T>(primitive: () => T): T | undefined {
  try {
    return primitive();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
