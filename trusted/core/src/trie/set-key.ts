/** A hash as the key of a `Map`, which compares byte strings by identity only. */
export function setKey(hash: Uint8Array): string {
  return String.fromCharCode(...hash);
}
