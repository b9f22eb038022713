/**
 * Writes decoded values as JSON: bytes as hex with `0x`, absent values as null, and integers outside
 * ±(2^53-1) as decimal strings.
 */
export function outputText(value: object): string {
  return JSON.stringify(toOutput(value));
}

function toOutput(value: unknown): unknown {
  if (typeof value === "bigint") return isSafe(value) ? Number(value) : value.toString();
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return value.map(toOutput);
  if (value === null || value === undefined) return null;
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toOutput(member)]));
}

function isSafe(value: bigint): boolean {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
}
