/** A hash as the key of a `Map`, which compares byte strings by identity only. Two bytes to the character: a proof asks for every child. */
export function setKey(hash: Uint8Array): string {
  let text = "";
  for (let i = 0; i < hash.length; i += 2)
    text += String.fromCharCode(((hash[i] as number) << 8) | (hash[i + 1] ?? 0));
  return text;
}
