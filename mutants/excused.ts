/**
 * Mutants that no test needs to kill, by file and change, each with the reason. If a test does kill one of
 * them, the run reports that its row must be deleted.
 */
export const excused: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "trusted/core/src/asn1/pem.ts": {
    "decodePem: bodyEnd < 0 → false":
      "without an end mark, the next block would have to begin at a position where no block begins",
    "decodePem: bodyEnd < 0 → bodyEnd <= 0": "a body follows its mark, so it never begins at 0",
  },
  "trusted/core/src/bytes/utf8.ts": {
    "fromUtf8: point < 0 → point <= 0":
      "a sequence of several bytes never decodes to zero: it would be overlong, which is refused as -1",
  },
  "trusted/core/src/json/scalars.ts": {
    "jsonBase64: text.length > maxLength → false":
      "the decoded bytes are counted too; this rule only refuses the text before it is decoded",
  },
  "trusted/core/src/light-client/checkpoint-json.ts": {
    "module: id === undefined → false":
      "without an id there is no weight either; this condition only tells the compiler that the id exists",
  },
  "trusted/core/src/metadata/compile.ts": {
    "resolve: passed.length > this.#types.length → passed.length >= this.#types.length":
      "a chain of references without a circle passes through fewer types than there are",
  },
  "trusted/core/src/trie/node-codec.ts": {
    "readChild: length > hashLength → length >= hashLength":
      "a child of that length is a hash, which an earlier line has returned",
  },
  "trusted/core/src/trie/trie.ts": {
    "ownKey: 2 * key.length > mostNibbles → 2 * key.length >= mostNibbles":
      "the limit is odd, and twice a length is even",
  },
  "trusted/core/src/trie/nibbles.ts": {
    "hasBytesAt: i < end → i <= end":
      "a partial key that starts in the middle of a byte has at least one nibble; an empty one starts at 0",
  },
  "trusted/runtime/src/dispatch/command-events.ts": {
    "readRemarked: hash instanceof Uint8Array → true": "`requireEvent` has checked the field's type",
    "readCommand: sender instanceof Uint8Array → true": "`requireEvent` has checked the field's type",
    'readCommand: typeof contractId !== "number" → false': "`requireEvent` has checked the field's type",
    "readCommand: payload instanceof Uint8Array → true": "`requireEvent` has checked the field's type",
  },
};
