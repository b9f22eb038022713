import { describe, expect, it } from "vitest";
import { decodeQuery, encodeQuery, type Query } from "../../src/channel/index.ts";

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const v2: Query = {
  kind: "v2",
  contractId: 2,
  expiresAt: 100,
  nonce: new Uint8Array(16).fill(0xab),
  request: "TotalIssuance",
};
const v2Text = `{"contract_id":2,"expires_at":100,"nonce":"${"ab".repeat(16)}","request":"TotalIssuance"}`;
const text2020 = '{"contract_id":2,"nonce":1,"request":{"FreeBalance":{"account":"00"}}}';
const query2020: Query = {
  kind: "2020",
  contractId: 2,
  nonce: 1,
  request: { FreeBalance: { account: "00" } },
};

describe("decodeQuery, encodeQuery", () => {
  it("v2: has exactly this text, and reads back", () => {
    expect(encodeQuery(v2)).toBe(v2Text);
    expect(decodeQuery("v2", v2Text)).toEqual(v2);
  });

  it("2020: has exactly this text, and reads back, in plain and v1 envelopes", () => {
    expect(encodeQuery(query2020)).toBe(text2020);
    expect(decodeQuery("plain", text2020)).toEqual(query2020);
    expect(decodeQuery("v1", text2020)).toEqual(query2020);
  });

  it("2020: ignores unknown keys", () =>
    expect(decodeQuery("v1", '{"contract_id":2,"nonce":1,"request":null,"more":1}').request).toBe(null));

  it("neither form is accepted as the other", () => {
    expect(() => decodeQuery("v2", text2020)).toThrow(code("json/missing-key"));
    expect(() => decodeQuery("v1", v2Text)).toThrow(code("json/wrong-type"));
    expect(() => decodeQuery("plain", v2Text)).toThrow(code("json/wrong-type"));
  });

  it.each([
    ["json/unknown-key", v2Text.replace("{", '{"x":1,')],
    ["json/out-of-range", v2Text.replace("ab".repeat(16), "ab".repeat(15))],
    ["json/out-of-range", v2Text.replace("ab".repeat(16), "ab".repeat(17))],
    ["json/wrong-type", v2Text.replace("ab".repeat(16), "xy".repeat(16))],
    ["json/out-of-range", v2Text.replace(":100", ":4294967296")],
    ["json/out-of-range", v2Text.replace(":100", ":-1")],
    ["json/out-of-range", v2Text.replace(":2,", ":2.5,")],
    ["json/wrong-type", v2Text.replace(":2,", ':"2",')],
    ["json/missing-key", v2Text.replace('"expires_at":100,', "")],
    ["json/missing-key", v2Text.replace(',"request":"TotalIssuance"', "")],
  ])("v2: %s: %s", (wanted, text) => expect(() => decodeQuery("v2", text)).toThrow(code(wanted)));
});
