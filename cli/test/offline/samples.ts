/**
 * Small genuine data for the offline commands: a chain with two changes of authorities, a state, a runtime
 * and a chain specification.
 */
import { concat, fromHex, to0x, utf8 } from "@pruntime/core/bytes";
import { encodeHeader, type Header, headerHash, writeDigestItem } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { extrinsicsRoot } from "@pruntime/core/extrinsics";
import { encodeJustification } from "@pruntime/core/grandpa";
import { encode } from "@pruntime/core/scale";
import { Trie } from "@pruntime/core/trie";
import { encodeWarpProof } from "@pruntime/core/warp";
import type { Block } from "../../../trusted/core/test/grandpa/chain.ts";
import { sampleMetadata } from "../../../trusted/core/test/metadata/sample.ts";
import { at4, at9, at12, fragment, setOf } from "../../../trusted/core/test/warp/chain.ts";

/** Returns a header as JSON-RPC represents it. */
export function headerJson(header: Header): object {
  return {
    parentHash: to0x(header.parentHash),
    number: `0x${header.number.toString(16)}`,
    stateRoot: to0x(header.stateRoot),
    extrinsicsRoot: to0x(header.extrinsicsRoot),
    digest: { logs: header.digest.map((item) => to0x(encode(item, writeDigestItem))) },
  };
}

export const authorities = setOf(0).authorities.map(({ id, weight }) => [to0x(id), Number(weight)] as const);
export const target: Block = at4;
export const justification: Uint8Array = encodeJustification(fragment(at4, 0).justification);
export const fragments = [fragment(at4, 0), fragment(at9, 1), fragment(at12, 2)];
export const warpProof: Uint8Array = encodeWarpProof({ fragments, isFinished: true });
export const warpEnd: Block = at12;

const short: readonly (readonly [Uint8Array, Uint8Array])[] = Array.from({ length: 20 }, (_, i) => [
  utf8(`account ${i}`),
  utf8(`balance ${i * i}`),
]);
const entries = [...short, [utf8("account 20"), new Uint8Array(40).fill(7)] as const];
const [v0, v1] = ([0, 1] as const).map((version) =>
  Trie.from({ hash: crypto.blake2b256, version }, entries),
) as [Trie, Trie];

/**
 * Three keys of the sample state: a key with a short value, a key with a long value, and a key without a
 * value. The state is stored in state version 0 and in state version 1.
 */
export const keys: { readonly short: Uint8Array; readonly long: Uint8Array; readonly absent: Uint8Array } = {
  short: utf8("account 3"),
  long: utf8("account 20"),
  absent: utf8("account 21"),
};
export const state = {
  v0: { root: v0.root, proof: v0.prove(Object.values(keys)) },
  v1: { root: v1.root, proof: v1.prove(Object.values(keys)) },
};

export const prefixed = (hex: string): Uint8Array => {
  const bytes = fromHex(hex.replaceAll(" ", ""));
  return encode(bytes, (w, content) => w.vecU8(content));
};

/** `Timestamp.set` and a signed `Execution.push_command`, as in 2020. */
export const extrinsics: readonly Uint8Array[] = [
  prefixed("04 02 00 0b 609c1c3b8c01"),
  prefixed(`84 ff ${"01".repeat(32)} 01 ${"02".repeat(64)} 00 04 00 06 01 02000000 08 7b7d`),
];
export const blockHeader: Header = { ...at12.header, extrinsicsRoot: extrinsicsRoot(crypto, extrinsics) };
export const blockHash: Uint8Array = headerHash(crypto, encodeHeader(blockHeader));
export const blockJson = {
  block: { header: headerJson(blockHeader), extrinsics: extrinsics.map(to0x) },
  justifications: null,
};

/** Makes a WebAssembly module. Each section, with its name, must be shorter than 128 bytes. */
export function wasm(
  ...sections: readonly (readonly [id: number, name: string, content: Uint8Array])[]
): Uint8Array {
  const encoded = sections.map(([id, name, content]) => {
    const body = concat(id === 0 ? Uint8Array.of(name.length) : new Uint8Array(), utf8(name), content);
    return concat(Uint8Array.of(id, body.length), body);
  });
  return concat(fromHex("0061736d01000000"), ...encoded);
}

/** Encodes a runtime version: names, three versions, no APIs, and then the fields that later years added. */
export function runtimeVersion(...later: readonly number[]): Uint8Array {
  return concat(fromHex("0461 0462 010000000200000003000000 00".replaceAll(" ", "")), Uint8Array.from(later));
}

export const code: Uint8Array = wasm([0, "runtime_version", runtimeVersion(1, 0, 0, 0, 1)]);
export const genesisEntries: Readonly<Record<string, string>> = {
  [to0x(utf8(":code"))]: to0x(code),
  [to0x(utf8("account"))]: to0x(new Uint8Array(40).fill(9)),
};

export function spec(
  top: Readonly<Record<string, string>> = genesisEntries,
  childrenDefault: object = {},
): object {
  return { name: "Sample", id: "sample", genesis: { raw: { top, childrenDefault } } };
}

const entry = (id: number, tag: string, value: unknown) => ({
  id,
  path: [],
  params: [],
  def: { tag, value },
  docs: [],
});
const field = (type: number, name?: string) => ({ name, type, typeName: undefined, docs: [] });
const alternative = (index: number, name: string, fields: readonly object[] = []) => ({
  name,
  index,
  fields,
  docs: [],
});
const lookup = [
  entry(0, "primitive", { tag: "u8", value: undefined }),
  entry(1, "primitive", { tag: "u32", value: undefined }),
  entry(2, "array", { len: 32, type: 0 }),
  entry(3, "primitive", { tag: "u128", value: undefined }),
  entry(4, "sequence", 2),
  entry(5, "variant", [
    alternative(0, "ApplyExtrinsic", [field(1)]),
    alternative(1, "Finalization"),
    alternative(2, "Initialization"),
  ]),
  entry(6, "variant", [alternative(0, "System", [field(8)]), alternative(6, "Balances", [field(9)])]),
  entry(7, "composite", [field(5, "phase"), field(6, "event"), field(4, "topics")]),
  entry(8, "variant", [alternative(2, "CodeUpdated")]),
  entry(9, "variant", [alternative(0, "Transfer", [field(2, "from"), field(3, "amount")])]),
  entry(10, "sequence", 7),
  entry(11, "variant", [alternative(1, "set", [field(12, "now")])]),
  entry(12, "compact", 3),
];
const none = { calls: undefined, constants: [], storage: undefined, events: undefined };
const events = { name: "Events", modifier: 1, fallback: "0x00", docs: [], type: { tag: "plain", value: 10 } };

/** Metadata with three pallets: System and Balances have events, and Timestamp has calls. */
export const metadata: Uint8Array = sampleMetadata(14, {
  lookup,
  pallets: [
    { ...none, name: "System", index: 0, events: 8, storage: { prefix: "System", items: [events] } },
    { ...none, name: "Timestamp", index: 2, calls: 11 },
    { ...none, name: "Balances", index: 6, events: 9 },
  ],
});

const who = "33".repeat(32);

/** Two events: the code is updated at initialization, and extrinsic 1 transfers more than 2^53 units. */
export const eventBytes: Uint8Array = fromHex(
  `08 02 00 02 00  00 01000000 06 00 ${who} 00000000000000000100000000000000 00`.replaceAll(" ", ""),
);
