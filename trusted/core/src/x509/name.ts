/** Distinguished names. They are compared byte for byte, and only the common name is ever decoded. */
import { decodeDer, tags } from "../asn1/index.ts";
import { fromUtf8 } from "../bytes/index.ts";

const idCommonName = "2.5.4.3";

/**
 * Returns the common name of a `Name`. Counts only common names of type UTF8String or PrintableString, and
 * returns `undefined` unless there is exactly one such name.
 */
export function commonName(name: Uint8Array): string | undefined {
  const found: string[] = [];
  decodeDer(name, (reader) => {
    const parts = reader.enter();
    while (!parts.done) {
      const set = parts.enter(tags.set);
      while (!set.done) {
        const part = set.enter();
        const oid = part.oid();
        const { tag, content } = part.any();
        part.end();
        if (oid === idCommonName && (tag === tags.utf8String || tag === tags.printableString))
          found.push(fromUtf8(content));
      }
    }
  });
  return found.length === 1 ? found[0] : undefined;
}
