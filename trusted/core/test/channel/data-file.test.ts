import { describe, expect, it } from "vitest";
import { concat, utf8 } from "../../src/bytes/index.ts";
import {
  channelInfo,
  encodeFileText,
  encodeSignedQuery,
  type FileText,
  isSealedFile,
  isSealedResult,
  openFile,
  openResult,
  originClaim,
  pad,
  sealFile,
  sealResult,
  setupBaseSender,
} from "../../src/channel/index.ts";
import { encode } from "../../src/scale/index.ts";
import { address, crypto, flip, iv, keyPair, worker } from "./parties.ts";

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const owner = crypto.secp256k1.signer(new Uint8Array(32).fill(7));
if (owner === undefined) throw new Error("no scalar");
const account = crypto.blake2b256(owner.publicKey);
const ephemeral = keyPair(9);
const path = "/ipfs/people";
const bytes = utf8("phone,x\n1,a\n");
const text: FileText = { kind: "dataset", path, worker: address, enc: ephemeral.publicKey };

const signed = (queryPayload: string) => {
  const signature = owner.signRecoverable(crypto.blake2b256(utf8(queryPayload)));
  return { queryPayload, origin: originClaim("ecdsa", owner.publicKey, signature) };
};
const sealed = (change: Partial<FileText> = {}, file = bytes) =>
  sealFile(crypto, ephemeral, address, signed(encodeFileText({ ...text, ...change })), file);

/** A sealed file with any content. */
function withContent(content: Uint8Array): Uint8Array {
  const { aead, baseNonce } = setupBaseSender(
    crypto,
    address.publicKey,
    channelInfo("file", address),
    ephemeral,
  );
  const cipher = aead.seal(baseNonce, content, new Uint8Array());
  return concat(sealed().bytes.subarray(0, 16), ephemeral.publicKey, cipher);
}
const contentOf = (head: string, file: Uint8Array) =>
  concat(
    encode(utf8(head), (w, head) => w.vecU8(head)),
    file,
  );
const head = encodeSignedQuery(signed(encodeFileText(text)));

describe("openFile", () => {
  it.each(["dataset", "query"] as const)("returns a %s with its owner and the key of its results", (kind) => {
    const { bytes: file, resultKey } = sealed({ kind });
    expect(openFile(crypto, worker, path, file)).toEqual({ kind, owner: account, bytes, resultKey });
  });

  it("accepts an empty file", () =>
    expect(openFile(crypto, worker, path, sealed({}, new Uint8Array()).bytes).bytes.length).toBe(0));

  it("channel/bad-tag: another chain or worker", () => {
    const file = sealed().bytes;
    const others = [
      { ...worker, genesisHash: new Uint8Array(32) },
      { ...worker, keyPair: keyPair(2) },
    ];
    for (const other of others)
      expect(() => openFile(crypto, other, path, file)).toThrow(code("channel/bad-tag"));
  });

  it("channel/bad-tag: a command or query with the same content", () => {
    for (const purpose of ["command", "query"] as const) {
      const context = setupBaseSender(crypto, address.publicKey, channelInfo(purpose, address), ephemeral);
      const cipher = context.aead.seal(context.baseNonce, contentOf(head, pad(bytes, 0)), new Uint8Array());
      const file = concat(sealed().bytes.subarray(0, 81), cipher);
      expect(() => openFile(crypto, worker, path, file)).toThrow(code("channel/bad-tag"));
    }
  });

  it("refuses every changed byte, and every shorter file", () => {
    const file = sealed().bytes;
    for (let at = 16; at < file.length; at += at < 90 ? 1 : 37)
      for (const bad of [flip(file, at), file.subarray(0, at)])
        expect(() => openFile(crypto, worker, path, bad)).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^channel\/bad-(point|tag)$/) }),
        );
  });

  it.each<[string, Partial<FileText>]>([
    ["another path", { path: "/ipfs/other" }],
    ["another chain", { worker: { ...address, genesisHash: new Uint8Array(32) } }],
    [
      "another worker, which sealed the file again",
      { worker: { ...address, publicKey: keyPair(2).publicKey } },
    ],
    ["another message, which someone sealed again", { enc: keyPair(8).publicKey }],
    ["another kind", { kind: "picture" as never }],
  ])("file/misplaced: the owner signed %s", (_, change) =>
    expect(() => openFile(crypto, worker, path, sealed(change).bytes)).toThrow(code("file/misplaced")),
  );

  it("file/misplaced: the signed text is not canonical", () => {
    const file = sealFile(crypto, ephemeral, address, signed(`${encodeFileText(text)} `), bytes);
    expect(() => openFile(crypto, worker, path, file.bytes)).toThrow(code("file/misplaced"));
  });

  it("file/unsigned: no account signed", () => {
    const anonymous = { queryPayload: encodeFileText(text), origin: undefined };
    const file = sealFile(crypto, ephemeral, address, anonymous, bytes);
    expect(() => openFile(crypto, worker, path, file.bytes)).toThrow(code("file/unsigned"));
  });

  it("query/bad-signature: another account signed, or signed another text", () => {
    const { origin } = signed("something else");
    const file = sealFile(crypto, ephemeral, address, { queryPayload: encodeFileText(text), origin }, bytes);
    expect(() => openFile(crypto, worker, path, file.bytes)).toThrow(code("query/bad-signature"));
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["a text that is too long", contentOf(head.padEnd(1 << 15).padEnd((1 << 15) + 1), pad(bytes, 0))],
    [
      "a text of too many bytes",
      contentOf(`${head.slice(0, -1)},"x":"${"\u4e2d".repeat(12_000)}"}`, pad(bytes, 0)),
    ],
    ["a text that is not JSON", contentOf("phone", pad(bytes, 0))],
    ["a text that is not UTF-8", concat(Uint8Array.of(4, 0xff), pad(bytes, 0))],
  ])("file/malformed: %s", (_, content) =>
    expect(() => openFile(crypto, worker, path, withContent(content))).toThrow(code("file/malformed")),
  );

  it.each<[string, Uint8Array]>([
    ["no file", contentOf(head, new Uint8Array())],
    [
      "padding that is not zero",
      contentOf(
        head,
        pad(bytes, 0).map((byte, i, all) => (i === all.length - 1 ? 1 : byte)),
      ),
    ],
    ["too much padding", contentOf(head, concat(pad(bytes, 0), new Uint8Array(256)))],
    ["a file that is not padded", contentOf(head, bytes)],
  ])("channel/bad-padding: %s", (_, content) =>
    expect(() => openFile(crypto, worker, path, withContent(content))).toThrow(code("channel/bad-padding")),
  );
});

describe("sealFile", () => {
  it("makes files of equal length from files that are padded to the same length", () => {
    const lengths = [0, 1, 100, 200].map((length) => sealed({}, new Uint8Array(length)).bytes.length);
    expect(new Set(lengths).size).toBe(1);
    expect(sealed({}, new Uint8Array(300)).bytes.length).toBeGreaterThan(lengths[0] ?? 0);
  });

  it("makes bytes that are recognized, and no CSV", () => {
    expect([sealed().bytes, bytes, utf8("\0pruntime/file/")].map(isSealedFile)).toEqual([true, false, false]);
    expect(sealed().bytes[0]).toBe(0);
  });
});

describe("sealResult, openResult", () => {
  const { resultKey } = sealed({ kind: "query" });
  const result = { resultKey, path: "/order/3", datasetBytes: 1000 };
  const rows = utf8("1,a\n");
  const file = sealResult(crypto, result, iv, { seller: account, rows });

  it("returns the rows and the seller", () => {
    expect(openResult(crypto, resultKey, "/order/3", file)).toEqual({ seller: account, rows });
    const clear = sealResult(crypto, result, iv, { seller: undefined, rows: new Uint8Array() });
    expect(openResult(crypto, resultKey, "/order/3", clear)).toEqual({
      seller: undefined,
      rows: new Uint8Array(),
    });
    expect([file, clear, rows].map(isSealedResult)).toEqual([true, true, false]);
  });

  it("is as long for no match as for a match of the whole dataset", () => {
    const lengths = [0, 4, 1000].map(
      (length) => sealResult(crypto, result, iv, { seller: account, rows: new Uint8Array(length) }).length,
    );
    expect(new Set(lengths).size).toBe(1);
    expect(
      sealResult(crypto, { ...result, datasetBytes: 5000 }, iv, { seller: account, rows }).length,
    ).toBeGreaterThan(file.length);
  });

  it("channel/bad-tag: another order, another key, a changed byte", () => {
    const open = (key: Uint8Array, at: string, bytes: Uint8Array) => () => openResult(crypto, key, at, bytes);
    for (const opening of [
      open(resultKey, "/order/4", file),
      open(flip(resultKey), "/order/3", file),
      open(resultKey, "/order/3", flip(file, 20)),
      open(resultKey, "/order/3", flip(file, file.length - 1)),
      open(resultKey, "/order/3", file.subarray(0, 30)),
    ])
      expect(opening).toThrow(code("channel/bad-tag"));
  });

  it("file/malformed: bytes that are not a sealed result", () => {
    for (const bytes of [rows, new Uint8Array(), fromMark(file)])
      expect(() => openResult(crypto, resultKey, "/order/3", bytes)).toThrow(code("file/malformed"));
  });
});

/** The bytes with the mark of a file. */
function fromMark(result: Uint8Array): Uint8Array {
  return concat(sealed().bytes.subarray(0, 16), result.subarray(16));
}
