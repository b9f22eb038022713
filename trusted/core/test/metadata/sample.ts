/** The metadata of a small runtime in each version. polkadot-api encodes the metadata. */
import { metadata as metadataCodec } from "@polkadot-api/substrate-bindings";

// biome-ignore lint/suspicious/noExplicitAny: the codec's own input type is internal to it
type Any = any;

const field = (type: number, name?: string) => ({ name, type, typeName: "T", docs: ["a field"] });
const entry = (id: number, tag: string, value: unknown, path: string[] = []) => ({
  ...{ id, path, def: { tag, value } },
  ...{ params: [{ name: "T", type: undefined }], docs: ["a type"] },
});
const deprecated = { deprecationInfo: { tag: "Deprecated", value: { note: "old", since: "1.0" } } };

/** The type registry. Type 3 is the event enum of the sample pallet, and type 1 is a list of bytes. */
const lookup = [
  entry(0, "primitive", { tag: "u8", value: undefined }),
  entry(1, "sequence", 0),
  entry(2, "composite", [field(0, "a"), field(1)], ["p", "C"]),
  entry(3, "variant", [{ name: "V", fields: [field(2)], index: 7, docs: ["a variant"] }], ["p", "Event"]),
  entry(4, "array", { len: 3, type: 0 }),
  entry(5, "tuple", [0, 1]),
  entry(6, "compact", 0),
  entry(7, "bitSequence", { bitStoreType: 0, bitOrderType: 2 }),
];

function pallet(version: number, changes: Any): Any {
  const ref = (type: number) =>
    version === 16
      ? {
          type,
          deprecationInfo: [
            { index: 7, deprecation: { tag: "Deprecated", value: { note: "old", since: undefined } } },
          ],
        }
      : type;
  const item = { modifier: 1, fallback: "0x07", docs: ["an item"], ...deprecated };
  const method = {
    name: "view",
    inputs: [{ name: "x", type: 0 }],
    output: 1,
    docs: ["a method"],
    ...deprecated,
  };
  return {
    ...{
      name: "Test",
      calls: ref(3),
      events: ref(3),
      errors: undefined,
      index: 9,
      docs: ["a pallet"],
      ...deprecated,
    },
    storage: {
      prefix: "Prefix",
      items: [
        { ...item, name: "Plain", type: { tag: "plain", value: 0 } },
        {
          ...{ ...item, name: "Map", modifier: 0 },
          type: {
            tag: "map",
            value: { hashers: [{ tag: "Twox64Concat" }, { tag: "Identity" }], key: 5, value: 2 },
          },
        },
      ],
    },
    constants: [{ name: "Max", type: 0, value: "0x2a", docs: ["a constant"], ...deprecated }],
    associatedTypes: [{ name: "A", type: 0, docs: ["an associated type"] }],
    viewFns: [{ id: `0x${"11".repeat(32)}`, ...method }],
    ...changes,
  };
}

export const versions = [14, 15, 16] as const;

export interface Changes {
  readonly lookup?: readonly Any[];
  readonly pallets?: readonly Any[];
  readonly apis?: readonly Any[];
  readonly extrinsic?: Any;
}

/** Encodes the metadata. `pallets` has one entry for each pallet: the changes to the sample pallet. */
export function sampleMetadata(
  version: (typeof versions)[number],
  { pallets = [{}], ...changes }: Changes = {},
): Uint8Array {
  const signedExtensions = [{ identifier: "CheckNonce", type: 0, additionalSigned: 1 }];
  const extrinsic = {
    14: { type: 1, version: 4, signedExtensions },
    15: { version: 4, address: 0, call: 3, signature: 1, extra: 5, signedExtensions },
    16: {
      version: [4, 5],
      address: 0,
      call: 3,
      signature: 1,
      signedExtensions,
      signedExtensionsByVersion: [[0, [0]]],
    },
  }[version];
  const method = {
    name: "method",
    inputs: [{ name: "x", type: 0 }],
    output: 1,
    docs: ["a method"],
    ...deprecated,
  };
  const value = {
    ...{ lookup, extrinsic, type: 0, outerEnums: { call: 3, event: 3, error: 3 } },
    pallets: pallets.map((change) => pallet(version, change)),
    apis: [{ name: "Api", methods: [method], docs: ["an API"], version: 3, ...deprecated }],
    custom: [["key", { type: 0, value: "0x01" }]],
    ...changes,
  };
  return metadataCodec.enc({ magicNumber: 0x6174656d, metadata: { tag: `v${version}`, value } } as Any);
}

/** A copy of the type registry in which `replaced` changes the entries with the given ids. */
export function lookupWith(replaced: Readonly<Record<number, Any>>): Any[] {
  return lookup.map((type, i) => ({ ...type, ...replaced[i] }));
}
