import { describe, expect, it } from "vitest";
import {
  answerText,
  decodeQuery2020,
  decodeQueryOutcome,
  decodeQueryV2,
  encodeQuery2020,
  encodeQueryV2,
  maxAnswerBytes,
  type Query2020,
  type QueryV2,
  queryKeyId,
  refusalText,
  signQueryKey,
  verifyQueryKey,
} from "../../src/channel/index.ts";
import { crypto, flip, keyPair } from "./parties.ts";

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const v2: QueryV2 = {
  contractId: 2,
  request: "TotalIssuance",
  nonce: new Uint8Array(16).fill(0xab),
  knownBlock: { number: 90, hash: new Uint8Array(32).fill(0x44) },
  issuedAt: 95,
  expiresAt: 100,
  expiresAtMs: 1_700_000_000_000n,
  seal: {
    genesisHash: new Uint8Array(32).fill(1),
    queryKey: new Uint8Array(65).fill(4),
    enc: new Uint8Array(65).fill(5),
  },
};
const v2Text =
  `{"PruntimeQuery":{"contract_id":2,"enc":"${"05".repeat(65)}","expires_at":100,` +
  `"expires_at_ms":"1700000000000","genesis_hash":"${"01".repeat(32)}","issued_at":95,` +
  `"known_block":{"hash":"${"44".repeat(32)}","number":90},"nonce":"${"ab".repeat(16)}",` +
  `"query_key":"${"04".repeat(65)}","request":"TotalIssuance"}}`;
const text2020 = '{"contract_id":2,"nonce":1,"request":{"FreeBalance":{"account":"00"}}}';
const query2020: Query2020 = { contractId: 2, nonce: 1, request: { FreeBalance: { account: "00" } } };

describe("the text of a query", () => {
  it("v2: has exactly this text, and reads back", () => {
    expect(encodeQueryV2(v2)).toBe(v2Text);
    expect(decodeQueryV2(v2Text)).toEqual(v2);
  });

  it("2020: has exactly this text, and reads back", () => {
    expect(encodeQuery2020(query2020)).toBe(text2020);
    expect(decodeQuery2020(text2020)).toEqual(query2020);
  });

  it("2020: ignores unknown keys", () =>
    expect(decodeQuery2020('{"contract_id":2,"nonce":1,"request":null,"more":1}').request).toBe(null));

  it("neither form is accepted as the other", () => {
    expect(() => decodeQueryV2(text2020)).toThrow(code("json/unknown-variant"));
    expect(() => decodeQuery2020(v2Text)).toThrow(code("json/missing-key"));
  });

  it.each([
    ["json/unknown-key", v2Text.replace('{"contract_id"', '{"x":1,"contract_id"')],
    ["json/out-of-range", v2Text.replace("ab".repeat(16), "ab".repeat(15))],
    ["json/wrong-type", v2Text.replace("ab".repeat(16), "xy".repeat(16))],
    ["json/out-of-range", v2Text.replace("44".repeat(32), "44".repeat(31))],
    ["json/out-of-range", v2Text.replace("05".repeat(65), "05".repeat(64))],
    ["json/out-of-range", v2Text.replace(":100,", ":4294967296,")],
    ["json/out-of-range", v2Text.replace(":95,", ":-1,")],
    ["json/out-of-range", v2Text.replace("1700000000000", "-1")],
    ["json/wrong-type", v2Text.replace(":2,", ':"2",')],
    ["json/missing-key", v2Text.replace('"expires_at":100,', "")],
    ["json/missing-key", v2Text.replace(',"request":"TotalIssuance"', "")],
    ["json/unknown-variant", v2Text.replace("PruntimeQuery", "Query")],
  ])("v2: %s: %s", (wanted, text) => expect(() => decodeQueryV2(text)).toThrow(code(wanted)));
});

describe("the text of a sealed reply", () => {
  it("is an answer, or the code of a refusal with its facts", () => {
    expect(decodeQueryOutcome(answerText('{"A":1}'))).toEqual({ kind: "Answer", value: { A: 1 } });
    const refused = refusalText({ code: "query/unknown-block", number: 5 } as { code: string });
    expect(decodeQueryOutcome(refused)).toEqual({
      kind: "Refused",
      value: { code: "query/unknown-block", message: "query/unknown-block: number 5" },
    });
  });

  it("says after how many milliseconds a refused query may be sent again", () => {
    const refused = refusalText({ code: "query/over-share", retryMs: 7 });
    expect(decodeQueryOutcome(refused)).toMatchObject({ value: { code: "query/over-share", retry_ms: 7 } });
  });

  it.each(["{}", '{"Answer":1,"Refused":{"code":"","message":""}}', '{"Plain":""}'])("refuses %s", (text) =>
    expect(() => decodeQueryOutcome(text)).toThrow(code("json/unknown-variant")),
  );
});

describe("the limit of an answer", () => {
  it("is the worker's: the longest answer is read, and no longer text", () => {
    const longest = `"${"x".repeat(maxAnswerBytes - 2)}"`;
    expect(decodeQueryOutcome(answerText(longest)).kind).toBe("Answer");
    expect(() => decodeQueryOutcome(answerText(`"${"x".repeat(maxAnswerBytes + 1024)}"`))).toThrow(
      code("json/too-long"),
    );
    expect(() => decodeQueryOutcome(answerText("[".repeat(65)))).toThrow(code("json/too-deep"));
  });
});

describe("verifyQueryKey", () => {
  const signer = crypto.secp256k1.signer(new Uint8Array(32).fill(7))!;
  const chain = { genesisHash: new Uint8Array(32).fill(1), anchor: new Uint8Array(32).fill(2) };
  const trusted = { ...chain, publicKey: signer.publicKey };
  const key = signQueryKey(crypto, signer, chain, keyPair(3).publicKey);

  it("returns a key that the worker signed for its chain", () =>
    expect(verifyQueryKey(crypto, trusted, key)).toEqual(keyPair(3).publicKey));

  it.each([
    ["another key", trusted, { ...key, publicKey: keyPair(4).publicKey }],
    ["another signature", trusted, { ...key, signature: flip(key.signature) }],
    ["another genesis", { ...trusted, genesisHash: flip(chain.genesisHash) }, key],
    ["another anchor", { ...trusted, anchor: flip(chain.anchor) }, key],
    [
      "another worker",
      { ...trusted, publicKey: crypto.secp256k1.signer(new Uint8Array(32).fill(8))!.publicKey },
      key,
    ],
  ])("channel/bad-query-key: %s", (_, worker, shown) =>
    expect(() => verifyQueryKey(crypto, worker, shown)).toThrow(code("channel/bad-query-key")),
  );

  it("is named in a query's envelope by a hash of 8 bytes", () => {
    expect(queryKeyId(crypto, key.publicKey)).toEqual(crypto.sha256(key.publicKey).slice(0, 8));
  });
});
