/** Writes a value as JSON, with bigints as decimal strings. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item),
    indent,
  );
}
