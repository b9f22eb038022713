/** Runs a primitive of a library that reports malformed keys, points and signatures by throwing. Lengths are checked before. */
export function attempt<T>(primitive: () => T): T | undefined {
  try {
    return primitive();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
