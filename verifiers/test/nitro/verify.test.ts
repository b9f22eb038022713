import { concat, fromHex, toHex } from "@pruntime/core/bytes";
import { decodeCertificate } from "@pruntime/core/x509";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it } from "vitest";
import { changed, withCases } from "../../../trusted/core/test/attestation/cases.ts";
import { codeOf } from "../../../trusted/core/test/support/code.ts";
import { nitroRoot, verifyNitro } from "../../src/index.ts";
import { cbor, document, fields, otherKeys, protectedHeader, trusted, type Value } from "./made.ts";

const crypto = await createNativeCrypto();
const at = Date.parse("2026-06-15T12:00:00Z");
const verify = (bytes: Uint8Array) => verifyNitro(crypto, trusted, at, bytes);
const code = (bytes: Uint8Array) => codeOf(() => verify(bytes));
const withField = (name: string, value: Value | undefined) => {
  const changedFields = new Map(fields);
  if (value === undefined) changedFields.delete(name);
  else changedFields.set(name, value);
  return document(cbor(changedFields));
};
const good = cbor(fields);

describe("verifyNitro", () => {
  it("reads the fields that AWS signed", () =>
    expect(verify(document(good))).toEqual({
      moduleId: "i-1",
      timestampMs: 1_781_524_800_000,
      pcrs: { "0": "07".repeat(48) },
      debug: false,
      publicKey: undefined,
      userData: Uint8Array.of(1),
      nonce: undefined,
      validUntilMs: Date.parse("2030-01-01T00:00:00Z"),
    }));

  it("reports debug mode, and treats an enclave without register 0 as one in debug mode", () => {
    expect(verify(withField("pcrs", new Map([[0, new Uint8Array(48)]]))).debug).toBe(true);
    expect(verify(withField("pcrs", new Map([[1, new Uint8Array(48).fill(1)]]))).debug).toBe(true);
  });

  it("accepts a payload map of indefinite length", () =>
    expect(code(document(concat(Uint8Array.of(0xbf), good.subarray(1), Uint8Array.of(0xff))))).toBe(
      "accepted",
    ));

  it("root not pinned: refuses another root", () =>
    expect(codeOf(() => verifyNitro(crypto, nitroRoot, at, document(good)))).toBe("x509/untrusted-root"));

  it("refuses another key's signature", () =>
    expect(code(document(good, protectedHeader, otherKeys))).toBe("nitro/bad-signature"));

  it("refuses another algorithm in the header", () =>
    expect(code(document(good, cbor(new Map([[1, -7]]))))).toBe("nitro/bad-envelope"));

  it("refuses any other envelope", () => {
    const whole = [protectedHeader, new Map(), good, new Uint8Array(96)] as const;
    for (const envelope of [
      whole.slice(0, 3),
      [...whole, null],
      [whole[0], new Map([[1, -35]]), whole[2], whole[3]],
      [whole[0], null, whole[2], whole[3]],
      [whole[0], whole[1], "text", whole[3]],
      [whole[0], whole[1], whole[2], null],
      new Map(),
    ])
      expect(code(cbor(envelope as Value))).toBe("nitro/bad-envelope");
    expect(code(document(cbor([])))).toBe("nitro/bad-envelope");
  });

  it.each(["module_id", "timestamp", "digest", "pcrs", "certificate", "cabundle"])(
    "refuses a document without %s",
    (name) => expect(code(withField(name, undefined))).toBe("nitro/bad-field"),
  );

  it.each([
    ["digest", "SHA256"],
    ["pcrs", new Map([["0", new Uint8Array(48)]])],
    ["pcrs", new Map([[0, new Uint8Array(32)]])],
    ["nonce", "text"],
    ["cabundle", [null]],
  ] satisfies readonly (readonly [string, Value])[])("refuses %s in another form", (name, value) =>
    expect(code(withField(name, value))).toBe("nitro/bad-field"),
  );

  it.each([
    ["a tag", "d284"],
    ["a float", "fb0000000000000000"],
    ["undefined", "f7"],
    ["a number in a longer form", "1817"],
    ["a length in a longer form", "590001aa"],
    ["a number beyond 2^53", "1bffffffffffffffff"],
    ["a list of indefinite length", "9fff"],
    ["a string of indefinite length", "5fff"],
    ["a key twice", "a201010102"],
    ["a key that is a list", "a18001"],
    ["more items than bytes", "9affffffff"],
    ["more entries than bytes", "baffffffff"],
    ["depth", "818181818181f6"],
  ])("refuses CBOR with %s", (_, hex) => expect(code(fromHex(hex))).toBe("nitro/bad-cbor"));

  it("refuses bytes after the end, and a document that is too long", () => {
    expect(code(concat(document(good), Uint8Array.of(0)))).toBe("codec/trailing");
    expect(code(new Uint8Array(16 * 1024 + 1))).toBe("nitro/too-long");
  });
});

describe("recorded Nitro documents", () => {
  const ids = ["nitro-marlin-2024-12", "nitro-dstack"];

  withCases("are two", ({ cases }) => expect(cases.of("aws-nitro").map(({ id }) => id)).toEqual(ids));

  withCases.for(ids)("%s is authentic, and no flipped bit of it is", (id, { cases }) => {
    const one = cases.named(id);
    const [bytes, moment] = [cases.bytes(one.doc), Date.parse(one.at)];
    const found = verifyNitro(crypto, nitroRoot, moment, bytes);
    const { moduleId, timestamp, pcrs, userData, publicKey } = one.expect;
    expect(found).toMatchObject({
      moduleId,
      timestampMs: Date.parse(timestamp),
      pcrs,
      debug: false,
      nonce: undefined,
    });
    expect(found.userData && toHex(found.userData)).toBe(userData ?? undefined);
    expect(found.publicKey && toHex(found.publicKey)).toBe(publicKey ?? undefined);
    for (let i = 0; i < bytes.length; i += 11) {
      const flipped = changed(bytes, i, 1 << (i % 8));
      expect(
        codeOf(() => verifyNitro(crypto, nitroRoot, moment, flipped)),
        `${i}`,
      ).not.toBe("accepted");
    }
    const [from, until] = one.leafValidity.map(Date.parse);
    expect(codeOf(() => verifyNitro(crypto, nitroRoot, from - 1, bytes))).toBe("x509/not-yet-valid");
    expect(codeOf(() => verifyNitro(crypto, nitroRoot, until + 1000, bytes))).toBe("x509/expired");
  });

  withCases("the pinned root has the name and key of AWS's certificate", ({ cases }) => {
    const { subject, publicKey } = decodeCertificate(
      cases.pem("nitro/aws-nitro-root-g1.pem")[0] as Uint8Array,
    );
    expect({ subject: toHex(subject), publicKey }).toEqual({
      ...nitroRoot,
      subject: toHex(nitroRoot.subject),
    });
  });
});
