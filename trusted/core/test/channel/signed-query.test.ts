import { ed25519 } from "@noble/curves/ed25519.js";
import { getPublicKey, secretFromSeed, sign as signSr25519 } from "@scure/sr25519";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { concat, from0x, fromHex, toHex, utf8 } from "../../src/bytes/index.ts";
import {
  eip191Hash,
  eip712QueryHash,
  encodeSignedQuery,
  evmAccount,
  evmAddress,
  type OriginClaim,
  originClaim,
  queryTypedData,
  readSignedQuery,
  type SignatureType,
  verifyOrigin,
} from "../../src/channel/index.ts";
import { type Json, parseJson } from "../../src/json/index.ts";
import { smallOrderEncodings } from "../crypto/zip215.ts";
import { crypto, flip } from "./parties.ts";

const queryPayload = '{"Plain":"{\\"contract_id\\":2,\\"nonce\\":1,\\"request\\":\\"TotalIssuance\\"}"}';
const message = utf8(queryPayload);
const wrapped = concat(utf8("<Bytes>"), message, utf8("</Bytes>"));
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const seed = new Uint8Array(32).fill(7);

const secp = crypto.secp256k1.signer(seed);
if (secp === undefined) throw new Error("no scalar");
const secret = secretFromSeed(seed);
const srKey = getPublicKey(secret);
const edKey = ed25519.getPublicKey(seed);
const address = evmAddress(crypto, secp.publicKey) ?? new Uint8Array();

interface Case {
  readonly origin: Uint8Array;
  readonly account: Uint8Array;
  readonly sign: (signed: Uint8Array) => Uint8Array;
}
const cases: Record<SignatureType, Case> = {
  sr25519: { origin: srKey, account: srKey, sign: (m) => signSr25519(secret, m, new Uint8Array(32)) },
  ed25519: { origin: edKey, account: edKey, sign: (m) => ed25519.sign(m, seed) },
  ecdsa: {
    origin: secp.publicKey,
    account: crypto.blake2b256(secp.publicKey),
    sign: (m) => secp.signRecoverable(crypto.blake2b256(m)),
  },
  eip191: {
    origin: address,
    account: evmAccount(address),
    sign: (m) => secp.signRecoverable(eip191Hash(crypto, m)),
  },
  eip712: {
    origin: address,
    account: evmAccount(address),
    sign: (m) => secp.signRecoverable(eip712QueryHash(crypto, m)),
  },
};
const types = Object.keys(cases) as SignatureType[];
const claimOf = (type: SignatureType, signed = message): OriginClaim =>
  originClaim(type, cases[type].origin, cases[type].sign(signed));
const verify = (origin: OriginClaim | undefined, payload = queryPayload) =>
  verifyOrigin(crypto, { queryPayload: payload, origin });

describe("verifyOrigin", () => {
  it("a query without origin is anonymous", () => expect(verify(undefined)).toBeUndefined());

  it.each(types)("%s: returns the account that signed", (type) =>
    expect(verify(claimOf(type))).toEqual(cases[type].account),
  );

  it.each(["ecdsa", "eip191", "eip712"] as const)("%s: the origin may be given as the account", (type) => {
    const { account, sign } = cases[type];
    expect(verify(originClaim(type, account, sign(message)))).toEqual(account);
  });

  it.each(["sr25519", "ed25519", "ecdsa"] as const)(
    "%s: accepts the form that browser extensions sign",
    (type) => expect(verify(claimOf(type, wrapped))).toEqual(cases[type].account),
  );

  it.each(["eip191", "eip712"] as const)("%s: the extension's wrapped form is refused", (type) =>
    expect(() => verify(claimOf(type, wrapped))).toThrow(code("query/bad-signature")),
  );

  it.each(types)("%s: accepts v of Ethereum wallets and of Substrate, if there is a v", (type) => {
    const signature = cases[type].sign(message);
    if (signature.length !== 65) return;
    signature[64] = (signature[64] as number) + 27;
    expect(verify(originClaim(type, cases[type].origin, signature))).toEqual(cases[type].account);
  });

  it.each(types)("%s: query/bad-signature for another text, another origin, or any changed byte", (type) => {
    const { origin, sign } = cases[type];
    const signature = sign(message);
    expect(() => verify(claimOf(type), `${queryPayload} `)).toThrow(code("query/bad-signature"));
    expect(() => verify(originClaim(type, flip(origin, origin.length - 1), signature))).toThrow(
      code("query/bad-signature"),
    );
    for (let i = 0; i < signature.length; i += 9)
      expect(() => verify(originClaim(type, origin, flip(signature, i)))).toThrow(
        code("query/bad-signature"),
      );
    expect(() => verify(originClaim(type, origin, signature.subarray(1)))).toThrow(
      code("query/bad-signature"),
    );
    expect(() => verify(originClaim(type, origin, new Uint8Array()))).toThrow(code("query/bad-signature"));
  });

  it.each(types)("%s: refuses a signature of another type", (type) => {
    for (const other of types.filter((name) => name !== type)) {
      const lengths = new Set([cases[type].origin.length, 32]);
      if (!lengths.has(cases[other].account.length)) continue;
      expect(() => verify(originClaim(other, cases[type].account, cases[type].sign(message)))).toThrow(
        code("query/bad-signature"),
      );
    }
  });

  it.each([
    ["sr25519", [0, 20, 31, 33]],
    ["ed25519", [0, 20, 31, 33]],
    ["ecdsa", [0, 20, 31, 34, 65]],
    ["eip191", [0, 19, 21, 33]],
    ["eip712", [0, 19, 21, 33]],
  ] as [SignatureType, number[]][])("%s: query/bad-origin for another length", (type, lengths) => {
    for (const length of lengths)
      expect(() => verify(originClaim(type, new Uint8Array(length), cases[type].sign(message)))).toThrow(
        code("query/bad-origin"),
      );
  });

  it.each([
    ["origin", { origin: "0x00" }],
    ["origin", { origin: "abc" }],
    ["sig_b64", { sigB64: "AQ" }],
    ["sig_b64", { sigB64: "not base64!" }],
    ["sig_type", { sigType: "rsa" }],
    ["sig_type", { sigType: "SR25519" }],
    ["sig_type", { sigType: "constructor" }],
    ["sig_type", { sigType: "__proto__" }],
  ])("query/bad-encoding names %s", (field, change) =>
    expect(() => verify({ ...claimOf("sr25519"), ...change })).toThrow(
      expect.objectContaining({ detail: { code: "query/bad-encoding", field } }),
    ),
  );

  it("ed25519: query/bad-signature for a key of small order, for which anyone can sign", () => {
    for (const key of smallOrderEncodings)
      for (const r of smallOrderEncodings)
        expect(() => verify(originClaim("ed25519", key, concat(r, new Uint8Array(32))))).toThrow(
          code("query/bad-signature"),
        );
  });

  it("sr25519: query/bad-signature for the identity, for which anyone can sign", () => {
    const forged = new Uint8Array(64);
    forged[63] = 0x80; // schnorrkel's marker
    expect(() => verify(originClaim("sr25519", new Uint8Array(32), forged))).toThrow(
      code("query/bad-signature"),
    );
  });

  recorded("refuses the reported query of account 00…00", ({ files }) => {
    const { input } = files.json("reports/small-order/body.json");
    expect(() => verifyOrigin(crypto, readSignedQuery(input, ""))).toThrow(code("query/bad-signature"));
  });

  it("accepts hex in either case", () => {
    const claim = claimOf("ed25519");
    expect(verify({ ...claim, origin: claim.origin.toUpperCase() })).toEqual(edKey);
  });
});

describe("readSignedQuery, encodeSignedQuery", () => {
  const read = (value: Json) => readSignedQuery(value, "");
  const claim = claimOf("sr25519");

  it("reads what it wrote", () => {
    for (const query of [
      { queryPayload, origin: claim },
      { queryPayload, origin: undefined },
    ])
      expect(read(parseJson(encodeSignedQuery(query)))).toEqual(query);
  });

  it("writes the 2020 form", () =>
    expect(
      encodeSignedQuery({ queryPayload: "p", origin: { origin: "00", sigB64: "AQ==", sigType: "ed25519" } }),
    ).toBe('{"origin":{"origin":"00","sig_b64":"AQ==","sig_type":"ed25519"},"query_payload":"p"}'));

  it("an absent or null origin is anonymous", () => {
    expect(read({ query_payload: "p" })).toEqual({ queryPayload: "p", origin: undefined });
    expect(read({ query_payload: "p", origin: null })).toEqual({ queryPayload: "p", origin: undefined });
  });

  it.each<[string, Json]>([
    ["json/missing-key", {}],
    ["json/wrong-type", { query_payload: {} }],
    ["json/wrong-type", { query_payload: "p", origin: "00" }],
    ["json/missing-key", { query_payload: "p", origin: { origin: "00", sig_b64: "" } }],
    ["json/wrong-type", { query_payload: "p", origin: { origin: 0, sig_b64: "", sig_type: "" } }],
  ])("%s: %j", (wanted, value) => expect(() => read(value)).toThrow(code(wanted)));
});

describe("queryTypedData", () => {
  it("returns the structure that eip712QueryHash hashes", () => {
    const data = queryTypedData(utf8("Hello"));
    expect(data.message.encodedQuery).toBe("0x48656c6c6f");
    expect(data.types["PhatContractQuery"]).toEqual([
      { name: "description", type: "string" },
      { name: "encodedQuery", type: "bytes" },
    ]);
    expect(toHex(crypto.keccak256(utf8("phala/phat-contract")))).toBe(data.domain.salt.slice(2));
  });
});

describe("eip191Hash", () => {
  it("is Ethereum's personal message hash", () =>
    // The value that Ethereum libraries document for hashMessage("Hello World").
    expect(toHex(eip191Hash(crypto, utf8("Hello World")))).toBe(
      "a1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2",
    ));
});

describe("Phala's EIP-712 query", () => {
  const it = recorded
    .extend("file", ({ files }) => files.json("phala/crypto/eip712.json"))
    .extend("query", ({ file }) => file.vectors.find((v: { id: string }) => v.id === "query"));

  it("hashes as recorded", ({ query }) =>
    expect(eip712QueryHash(crypto, utf8(query.encoded_query_utf8))).toEqual(from0x(query.hash)));

  it("names the recorded account", ({ file, query }) => {
    const claim = originClaim("eip712", fromHex(file.signer.substrate_account), fromHex(query.signature));
    expect(toHex(verify(claim, query.encoded_query_utf8) ?? new Uint8Array())).toBe(
      file.signer.substrate_account,
    );
  });
});
