import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto as crypto, type Secp256k1Signer } from "../../src/crypto/index.ts";
import {
  decodeStatement,
  encodeStatement,
  replyHash,
  requestHash,
  type Statement,
  signStatement,
  statementBytes,
  verifyStatement,
} from "../../src/statement/index.ts";
import { codeOf } from "../support/code.ts";

const hash = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const statement: Statement = {
  requestHash: hash(1),
  replyHash: hash(2),
  genesisHash: hash(3),
  anchor: hash(4),
  finalizedNumber: 0x01020304,
  finalizedHash: hash(5),
  dispatchedNumber: 0x0a0b0c0d,
  dispatchedHash: hash(8),
  chainTimeMs: 0x1112131415161718n,
  stateRoot: hash(6),
  measurement: hash(7),
  rules: 0x21222324,
  runtimeUnreadable: true,
};
const layout = [
  ...["03", "01".repeat(32), "02".repeat(32), "03".repeat(32), "04".repeat(32), "04030201", "05".repeat(32)],
  ...["0d0c0b0a", "08".repeat(32), "1817161514131211", "06".repeat(32), "07".repeat(32), "24232221", "01"],
].join("");
const signer = crypto.secp256k1.signer(hash(0x11)) as Secp256k1Signer;
const other = crypto.secp256k1.signer(hash(0x12)) as Secp256k1Signer;

describe("encodeStatement", () => {
  it("writes its fields in the documented order", () => {
    expect(toHex(encodeStatement(statement))).toBe(layout);
    expect(layout.length).toBe(2 * statementBytes);
  });

  it.each([
    "requestHash",
    "replyHash",
    "genesisHash",
    "anchor",
    "finalizedHash",
    "dispatchedHash",
    "stateRoot",
    "measurement",
  ])("codec/out-of-range: %s of another length", (field) => {
    for (const length of [0, 31, 33])
      expect(codeOf(() => encodeStatement({ ...statement, [field]: new Uint8Array(length) }))).toBe(
        "codec/out-of-range",
      );
  });

  it.each([
    ["finalizedNumber", 2 ** 32],
    ["finalizedNumber", -1],
    ["dispatchedNumber", 0.5],
    ["chainTimeMs", 2n ** 64n],
    ["chainTimeMs", -1n],
  ])("codec/out-of-range: %s %s", (field, value) =>
    expect(codeOf(() => encodeStatement({ ...statement, [field]: value }))).toBe("codec/out-of-range"),
  );
});

describe("decodeStatement", () => {
  it("reads back from an offset view, and keeps no view of the input", () => {
    const bytes = concat(fromHex("ffff"), fromHex(layout)).subarray(2);
    const read = decodeStatement(bytes);
    bytes.fill(0);
    expect(read).toEqual(statement);
  });

  it("codec/truncated: every strict prefix", () => {
    for (let end = 0; end < statementBytes; end++)
      expect(codeOf(() => decodeStatement(fromHex(layout).subarray(0, end)))).toBe("codec/truncated");
  });

  it("codec/trailing: an additional byte", () =>
    expect(codeOf(() => decodeStatement(fromHex(`${layout}00`)))).toBe("codec/trailing"));

  it.each([0, 1, 2, 255])("statement/unknown-version: %i", (version) =>
    expect(codeOf(() => decodeStatement(fromHex(layout).map((byte, i) => (i === 0 ? version : byte))))).toBe(
      "statement/unknown-version",
    ),
  );

  it("reads back any statement", () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const any = fc.record({
      ...{
        requestHash: bytes32,
        replyHash: bytes32,
        genesisHash: bytes32,
        anchor: bytes32,
        finalizedHash: bytes32,
        dispatchedHash: bytes32,
      },
      ...{ stateRoot: bytes32, measurement: bytes32, finalizedNumber: u32, dispatchedNumber: u32 },
      chainTimeMs: fc.bigInt(0n, 2n ** 64n - 1n),
      rules: u32,
      runtimeUnreadable: fc.boolean(),
    });
    fc.assert(
      fc.property(any, (value) => {
        expect(decodeStatement(encodeStatement(value))).toEqual(value);
      }),
    );
  });
});

describe("request and reply hashes", () => {
  it("are sha256 over the request's action and body, and over the reply", () => {
    expect(requestHash(crypto, "query", fromHex("0102"))).toEqual(
      crypto.sha256(concat(utf8("query"), fromHex("000102"))),
    );
    expect(replyHash(crypto, "é")).toEqual(crypto.sha256(utf8("é")));
  });

  it("distinguish the action from the body after it", () =>
    expect(requestHash(crypto, "a", utf8("bc"))).not.toEqual(requestHash(crypto, "ab", utf8("c"))));
});

describe("verifyStatement", () => {
  const signed = signStatement(crypto, signer, statement);
  const verify = (
    trusted = signer,
    expected: Partial<Statement> = {},
    bytes = signed.bytes,
    signature = signed.signature,
  ) => verifyStatement(crypto, trusted, { ...statement, ...expected }, bytes, signature);

  it("returns the trusted worker's statement about this request and reply", () => {
    expect(verify()).toEqual(statement);
    expect(signed.bytes).toEqual(encodeStatement(statement));
  });

  it("signs under a domain of its own", () => {
    const digest = crypto.sha256(concat(utf8("pruntime/statement/3"), signed.bytes));
    expect(crypto.secp256k1.verify(signer.publicKey, digest, signed.signature)).toBe(true);
    expect(crypto.secp256k1.verify(signer.publicKey, crypto.sha256(signed.bytes), signed.signature)).toBe(
      false,
    );
  });

  it("statement/bad-signature: another worker", () =>
    expect(codeOf(() => verify(other))).toBe("statement/bad-signature"));

  it("statement/bad-signature: any byte changed", () => {
    for (let at = 0; at < statementBytes; at += 16) {
      const changed = signed.bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(codeOf(() => verify(signer, {}, changed))).toBe("statement/bad-signature");
    }
    for (const at of [0, 31, 32, 63]) {
      const changed = signed.signature.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(codeOf(() => verify(signer, {}, signed.bytes, changed))).toBe("statement/bad-signature");
    }
  });

  it("statement/bad-signature: no signature, no statement, no key", () => {
    expect(codeOf(() => verify(signer, {}, signed.bytes, new Uint8Array()))).toBe("statement/bad-signature");
    expect(codeOf(() => verify(signer, {}, new Uint8Array()))).toBe("statement/bad-signature");
    expect(codeOf(() => verify({ ...signer, publicKey: new Uint8Array(33) }))).toBe(
      "statement/bad-signature",
    );
  });

  it("statement/wrong-request", () =>
    expect(codeOf(() => verify(signer, { requestHash: hash(9) }))).toBe("statement/wrong-request"));
  it("statement/wrong-reply", () =>
    expect(codeOf(() => verify(signer, { replyHash: hash(9) }))).toBe("statement/wrong-reply"));

  it.each([
    ["statement/unknown-version", `01${layout.slice(2)}`],
    ["codec/trailing", `${layout}00`],
    ["codec/truncated", layout.slice(0, -2)],
  ])("%s, though the trusted worker signed it", (expected, hex) => {
    const bytes = fromHex(hex);
    const signature = signer.sign(crypto.sha256(concat(utf8("pruntime/statement/3"), bytes)));
    expect(codeOf(() => verify(signer, {}, bytes, signature))).toBe(expected);
  });
});
