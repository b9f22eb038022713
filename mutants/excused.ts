/**
 * Mutants that no test needs to kill, by file and change, each with the reason. If a test kills one after
 * all, the run reports it; delete its row then.
 */
export const excused: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "trusted/core/src/asn1/pem.ts": {
    "decodePem: bodyEnd < 0 → false": "no block begins where the next one would then have to",
    "decodePem: bodyEnd < 0 → bodyEnd <= 0": "a body stands behind its mark, so never at 0",
  },
  "trusted/core/src/bytes/utf8.ts": {
    "fromUtf8: point < 0 → point <= 0":
      "a sequence of several bytes never stands for zero: it would be overlong, which is refused as -1",
  },
  "trusted/core/src/json/scalars.ts": {
    "jsonBase64: text.length > maxLength → false":
      "the bytes are counted, too; this only refuses before they are made",
  },
  "trusted/core/src/light-client/checkpoint-json.ts": {
    "module: id === undefined → false":
      "without an id there is no weight either; it tells the compiler that there is one",
  },
  "trusted/core/src/metadata/compile.ts": {
    "resolve: passed.length > this.#types.length → passed.length >= this.#types.length":
      "a chain that is not a circle passes fewer types than there are",
  },
  "trusted/core/src/trie/node-codec.ts": {
    "readChild: length > hashLength → length >= hashLength":
      "a child of that length is a hash, and was returned before",
  },
  "trusted/core/src/trie/trie.ts": {
    "ownKey: 2 * key.length > mostNibbles → 2 * key.length >= mostNibbles":
      "the limit is odd, twice a length is even",
  },
  "trusted/core/src/trie/nibbles.ts": {
    "hasBytesAt: i < end → i <= end":
      "a partial key that starts within a byte has a nibble: one of no nibbles starts at 0",
  },
  "trusted/runtime/src/dispatch/command-events.ts": {
    "readRemarked: hash instanceof Uint8Array → true": "`requireEvent` has made sure of the field's type",
    "readCommand: sender instanceof Uint8Array → true": "`requireEvent` has made sure of the field's type",
    'readCommand: typeof contractId !== "number" → false': "`requireEvent` has made sure of the field's type",
    "readCommand: payload instanceof Uint8Array → true": "`requireEvent` has made sure of the field's type",
  },
};
