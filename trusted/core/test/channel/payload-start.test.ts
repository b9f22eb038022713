import fc from "fast-check";
import { expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/bytes/index.ts";
import { decodePayload, mayBePayload } from "../../src/channel/index.ts";

const limits = { maxLength: 512, maxDepth: 4 };
const texts = [
  '{"Plain":"a"}',
  '{"Cipher":{"cipher_b64":"AQ==","iv_b64":"AQ==","pubkey_b64":"AQ=="}}',
  '{"Sealed":{"cipher_b64":"AQ==","enc_b64":"AQ=="}}',
];

/** Whether the whole decoder accepts the bytes. */
function isPayload(bytes: Uint8Array): boolean {
  try {
    decodePayload(fromUtf8(bytes), limits);
    return true;
  } catch {
    return false;
  }
}

it.each([
  ...texts,
  ` \t\r\n{ \t\r\n"Plain" \n:"a"} \n`,
  '{"\\u0050lain":"a"}',
  '{"Plai\\u006e":"a"}',
  '{"Seale\\u0064":{"cipher_b64":"AQ==","enc_b64":"AQ=="}}',
])("lets an envelope pass: %s", (text) => {
  expect([isPayload(utf8(text)), mayBePayload(utf8(text), limits.maxLength)]).toEqual([true, true]);
});

it.each([
  "",
  " ",
  "7",
  "[]",
  '"Plain"',
  "{}",
  '{Plain:"a"}',
  '{"Plai":"a"}',
  '{"Plainer":"a"}',
  '{"Cipherr":{}}',
  '{"SealedReply":{}}',
  '{"plain":"a"}',
  '\ufeff{"Plain":"a"}',
])("stops at the start of %j", (text) => expect(mayBePayload(utf8(text), limits.maxLength)).toBe(false));

it("stops for a payload that is too long, and for no payload that is not", () => {
  const filled = (unit: string, units: number) => {
    const text = `{"Plain":"${unit.repeat(units)}"}`;
    return utf8(text);
  };
  const widest = filled("\uffff", limits.maxLength - 12);
  expect([isPayload(widest), mayBePayload(widest, limits.maxLength)]).toEqual([true, true]);
  expect(mayBePayload(new Uint8Array(3 * limits.maxLength + 1).fill(0x20), limits.maxLength)).toBe(false);
});

it("stops for nothing that the decoder accepts", () => {
  const edits = fc.array(
    fc.tuple(fc.nat(12), fc.nat(2), fc.constantFrom(...' \n{"PCSlain\\u0050:,}', "Plain", "\\u", "é")),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...texts), edits, (text, changes) => {
      let edited = text;
      for (const [at, removed, added] of changes)
        edited = edited.slice(0, at) + added + edited.slice(at + removed);
      const bytes = utf8(edited);
      return mayBePayload(bytes, limits.maxLength) || !isPayload(bytes);
    }),
    { numRuns: 5_000 },
  );
});
