import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodePayload,
  decodeReply,
  encodePayload,
  encodeReply,
  type Payload,
  type Reply,
} from "../../src/channel/index.ts";
import { JsonError } from "../../src/json/index.ts";

const one = Uint8Array.of(1);
const code = (wanted: string) => expect.objectContaining({ code: wanted });

const payloads: [string, Payload, string][] = [
  ["plain", { kind: "plain", text: 'a "b"' }, '{"Plain":"a \\"b\\""}'],
  [
    "v1",
    { kind: "v1", iv: one, cipher: one, publicKey: one },
    '{"Cipher":{"cipher_b64":"AQ==","iv_b64":"AQ==","pubkey_b64":"AQ=="}}',
  ],
  ["v2", { kind: "v2", enc: one, cipher: one }, '{"Sealed":{"cipher_b64":"AQ==","enc_b64":"AQ=="}}'],
];
const replies: [string, Reply, string][] = [
  payloads[0] as [string, Reply, string],
  payloads[1] as [string, Reply, string],
  ["v2", { kind: "v2", iv: one, cipher: one }, '{"SealedReply":{"cipher_b64":"AQ==","iv_b64":"AQ=="}}'],
];

describe("decodePayload, encodePayload", () => {
  it.each(payloads)("%s: has exactly this text, and reads back", (_, payload, text) => {
    expect(encodePayload(payload)).toBe(text);
    expect(decodePayload(text)).toEqual(payload);
  });

  it("reads v1 in the key order of 2020 clients, and ignores unknown keys", () =>
    expect(
      decodePayload('{"Cipher":{"iv_b64":"AQ==","cipher_b64":"AQ==","pubkey_b64":"AQ==","x":1}}'),
    ).toEqual(payloads[1]?.[1]));

  it.each([
    ["json/bad-syntax", ""],
    ["json/wrong-type", "null"],
    ["json/wrong-type", "[]"],
    ["json/unknown-variant", '"Nothing"'],
    ["json/unknown-variant", "{}"],
    ["json/unknown-variant", '{"Other":"x"}'],
    ["json/unknown-variant", '{"Plain":"x","Sealed":{}}'],
    ["json/unknown-variant", '{"SealedReply":{"cipher_b64":"AQ==","iv_b64":"AQ=="}}'],
    ["json/unknown-variant", '{"__proto__":"x"}'],
    ["json/wrong-type", '"Plain"'],
    ["json/wrong-type", '{"Plain":1}'],
    ["json/duplicate-key", '{"Plain":"x","Plain":"y"}'],
    ["json/missing-key", '{"Cipher":{"iv_b64":"AQ==","cipher_b64":"AQ=="}}'],
    ["json/wrong-type", '{"Cipher":{"iv_b64":"AQ","cipher_b64":"AQ==","pubkey_b64":"AQ=="}}'],
    ["json/wrong-type", '{"Cipher":{"iv_b64":"AQ-_","cipher_b64":"AQ==","pubkey_b64":"AQ=="}}'],
    ["json/missing-key", '{"Sealed":{"cipher_b64":"AQ=="}}'],
    ["json/unknown-key", '{"Sealed":{"cipher_b64":"AQ==","enc_b64":"AQ==","pubkey_b64":"AQ=="}}'],
    ["json/trailing", '{"Plain":"x"} '.concat("1")],
  ])("%s: %s", (wanted, text) => expect(() => decodePayload(text)).toThrow(code(wanted)));

  it("no prefix of an envelope is an envelope", () => {
    for (const [, , text] of payloads)
      for (let i = 0; i < text.length; i++) expect(() => decodePayload(text.slice(0, i))).toThrow(JsonError);
  });

  it("throws only JsonError, for any text", () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          decodePayload(text);
        } catch (error) {
          expect(error).toBeInstanceOf(JsonError);
        }
      }),
    ));
});

describe("decodeReply, encodeReply", () => {
  it.each(replies)("%s: has exactly this text, and reads back", (_, reply, text) => {
    expect(encodeReply(reply)).toBe(text);
    expect(decodeReply(text)).toEqual(reply);
  });

  it("does not accept a request as a reply", () =>
    expect(() => decodeReply(payloads[2]?.[2] ?? "")).toThrow(code("json/unknown-variant")));
});
