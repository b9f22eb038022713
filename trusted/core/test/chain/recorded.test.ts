import { describe, expect } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { from0x, to0x } from "../../src/bytes/index.ts";
import { decodeHeader, encodeHeader, headerHash } from "../../src/chain/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { extrinsicsRoot } from "../../src/extrinsics/index.ts";
import { Reader } from "../../src/scale/index.ts";
import { orderedRoot, Trie } from "../../src/trie/index.ts";

interface Block {
  readonly hash: Uint8Array;
  readonly header: Uint8Array;
  /** The extrinsics. Each starts with its compact length. */
  readonly body: readonly Uint8Array[];
}

function expectWhole({ hash, header, body }: Block): void {
  const decoded = decodeHeader(header);
  expect(encodeHeader(decoded)).toEqual(header);
  expect(to0x(headerHash(crypto, header))).toBe(to0x(hash));
  expect(to0x(extrinsicsRoot(crypto, body))).toBe(to0x(decoded.extrinsicsRoot));
}

function expectTamperedNoticed({ hash, header, body }: Block): void {
  for (const at of [0, 33, header.length - 1]) {
    const tampered = header.with(at, (header[at] as number) ^ 1);
    expect(to0x(headerHash(crypto, tampered))).not.toBe(to0x(hash));
  }
  const root = decodeHeader(header).extrinsicsRoot;
  const bodies = [
    body.slice(1),
    [...body, ...body.slice(-1)],
    body.map((bytes) => bytes.with(-1, (bytes.at(-1) as number) ^ 1)),
  ];
  for (const tampered of bodies) expect(to0x(extrinsicsRoot(crypto, tampered))).not.toBe(to0x(root));
}

describe("recorded blocks", () => {
  interface Recorded {
    readonly chain: string;
    readonly number: number;
    readonly hash: string;
    readonly header: string;
    readonly extrinsics: readonly string[];
  }
  const names = [
    "acala 3800000",
    "asset-hub-kusama 3356195",
    "kusama 3784",
    "kusama 901442",
    "kusama 2857470",
    "kusama 2857471",
    "kusama 2857472",
    "kusama 2857473",
    "kusama 22939322",
    "polkadot 1",
    "polkadot 1089328",
    "polkadot 18468942",
    "westend 1097836",
    "westend 11759946",
    "westend 14576855",
  ];
  const it = recorded.extend(
    "blocks",
    ({ files }) =>
      new Map(
        (files.json("substrate/e-blocks.json.gz").blocks as Recorded[]).map((block) => [
          `${block.chain} ${block.number}`,
          block,
        ]),
      ),
  );
  const read = ({ hash, header, extrinsics }: Recorded): Block => ({
    hash: from0x(hash),
    header: from0x(header),
    body: extrinsics.map(from0x),
  });

  it("are these", ({ blocks }) => expect([...blocks.keys()]).toEqual(names));

  it.for(names)("%s", (name, { blocks }) => {
    const known = blocks.get(name) as Recorded;
    const block = read(known);
    expectWhole(block);
    expectTamperedNoticed(block);
    expect(decodeHeader(block.header).number).toBe(known.number);
    if (!block.body.some(({ length }) => length > 32)) return;
    const entries = block.body.map((bytes, i) => [Uint8Array.of(4 * i), bytes] as const);
    if (block.body.length <= 64)
      expect(Trie.from({ hash: crypto.blake2b256, version: 1 }, entries).root).not.toEqual(
        orderedRoot(crypto.blake2b256, block.body),
      );
  });

  it("kusama 3784 builds on the recorded state after 3783", ({ files, blocks }) => {
    const { stateRoot, entries } = files.json("substrate/c-state-kusama-3783.json.gz");
    const state = Trie.from(
      { hash: crypto.blake2b256, version: 0 },
      entries.map(([key, value]: [string, string]) => [from0x(key), from0x(value)]),
    );
    expect(to0x(state.root)).toBe(stateRoot);
    expect(blocks.get("kusama 3784")).toBeDefined();
  });
});

/** The length-delimited fields of one protobuf message. Skips varint fields, and throws for other fields. */
function protobufFields(bytes: Uint8Array): (readonly [field: number, value: Uint8Array])[] {
  const r = new Reader(bytes);
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = r.u8();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const fields: (readonly [number, Uint8Array])[] = [];
  while (r.left > 0) {
    const tag = varint();
    if (tag % 8 === 2) fields.push([tag >> 3, r.take(varint())]);
    else if (tag % 8 === 0) varint();
    else throw new Error(`wire type ${tag % 8}`);
  }
  return fields;
}

describe("westend blocks 1 to 128, as a node sent them", () => {
  const it = recorded
    .extend("data", ({ files }) => files.json("substrate/e-westend-blocks_1_to_128.json.gz"))
    .extend("blocks", ({ data }) =>
      protobufFields(from0x(data.blockResponse)).map(([, block]) => read(block)),
    );

  function read(block: Uint8Array): Block {
    const fields = protobufFields(block);
    const [hash, header] = [1, 2].map(
      (wanted) => fields.find(([field]) => field === wanted)?.[1] ?? new Uint8Array(),
    );
    return {
      hash: hash ?? new Uint8Array(),
      header: header ?? new Uint8Array(),
      body: fields.filter(([field]) => field === 3).map(([, value]) => value),
    };
  }

  it("have the hashes that the node states, and match their bodies", ({ data, blocks }) => {
    expect(blocks.map(({ header }) => decodeHeader(header).number)).toEqual(data.numbers);
    for (const block of blocks) expectWhole(block);
    for (const block of [blocks[0], blocks[127]]) if (block !== undefined) expectTamperedNoticed(block);
  });

  it("form a chain that starts at the genesis", ({ files, blocks }) => {
    const chain = [...blocks].reverse();
    const { genesisHash } = files.json("substrate/c-genesis-westend.json.gz");
    let parent = genesisHash as string;
    for (const { hash, header } of chain) {
      expect(to0x(decodeHeader(header).parentHash)).toBe(parent);
      parent = to0x(hash);
    }
  });
});

describe("recorded genesis states", () => {
  recorded.for(["asset-hub-polkadot", "bridge-hub-polkadot", "paseo-people", "rococo", "westend"])(
    "%s",
    (chain, { files }) => {
      const { stateVersion, header, top, genesisHash } = files.json(`substrate/c-genesis-${chain}.json.gz`);
      const entries = Object.entries(top as Record<string, string>).map(
        ([key, value]) => [from0x(key), from0x(value)] as const,
      );
      const rootOf = (version: 0 | 1, of: typeof entries) =>
        Trie.from({ hash: crypto.blake2b256, version }, of).root;
      const hashOf = (stateRoot: Uint8Array) => {
        const zeros = new Uint8Array(32);
        const extrinsics = orderedRoot(crypto.blake2b256, []);
        return to0x(
          headerHash(
            crypto,
            encodeHeader({ parentHash: zeros, number: 0, stateRoot, extrinsicsRoot: extrinsics, digest: [] }),
          ),
        );
      };
      expect(to0x(rootOf(stateVersion, entries))).toBe(header.stateRoot);
      expect(hashOf(rootOf(stateVersion, entries))).toBe(genesisHash);
      const other = stateVersion === 0 ? 1 : 0;
      expect(hashOf(rootOf(other, entries))).not.toBe(genesisHash);
      expect(hashOf(rootOf(stateVersion, entries.slice(1)))).not.toBe(genesisHash);
    },
  );
});
