/**
 * Runs a library primitive, and returns `undefined` if the primitive throws an error. The libraries throw for
 * malformed keys, points and signatures. Callers check lengths beforehand.
 */
export function attempt<T>(primitive: () => T): T | undefined {
  try {
    return primitive();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
