import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it } from "vitest";
import { DerReader } from "../../../src/asn1/index.ts";
import { decodeTpmQuote, verifyRsaTpmQuote } from "../../../src/attestation/index.ts";
import { concat, utf8 } from "../../../src/bytes/index.ts";
import type { RsaPublicKey } from "../../../src/crypto/index.ts";
import { readPublicKey } from "../../../src/x509/index.ts";
import { codeOf } from "../../support/code.ts";
import { changed } from "../cases.ts";
import { type Keys, rsaKeys } from "../pki.ts";
import { message, pcrs, rsaSignature } from "./made.ts";

const crypto = await createNativeCrypto();
const [rsa, otherRsa] = [rsaKeys(), rsaKeys()];

function keyOf({ publicKey }: Keys): RsaPublicKey {
  const key = readPublicKey(
    new DerReader(Uint8Array.from(publicKey.export({ type: "spki", format: "der" }))),
  );
  if (key.kind !== "rsa") throw new Error("not an RSA key");
  return key;
}

const verify = (bytes: Uint8Array, values: readonly (Uint8Array | undefined)[] = pcrs, by = rsa) =>
  verifyRsaTpmQuote(crypto, keyOf(rsa), { message: bytes, signature: rsaSignature(by, bytes), pcrs: values });
const code = (bytes: Uint8Array, values?: readonly (Uint8Array | undefined)[]) =>
  codeOf(() => verify(bytes, values));

describe("verifyRsaTpmQuote", () => {
  it("returns the nonce and the covered registers of a quote", () =>
    expect(verify(message())).toEqual({
      nonce: utf8("nonce"),
      pcrs: { "0": "00".repeat(32), "7": "07".repeat(32), "23": "17".repeat(32) },
    }));

  it("returns no register that the quote does not cover", () =>
    expect(Object.keys(verify(message({ selection: [4] })).pcrs)).toEqual(["4"]));

  it("refuses another key's signature, and a signature of something else", () => {
    expect(codeOf(() => verify(message(), pcrs, otherRsa))).toBe("tpm/bad-signature");
    const signature = changed(rsaSignature(rsa, message()), 3, 1);
    expect(codeOf(() => verifyRsaTpmQuote(crypto, keyOf(rsa), { message: message(), signature, pcrs }))).toBe(
      "tpm/bad-signature",
    );
  });

  it("refuses a signed structure that is not a quote", () => {
    expect(code(message({ magic: 0xff544348 }))).toBe("tpm/not-a-quote");
    expect(code(message({ type: 0x8017 }))).toBe("tpm/not-a-quote");
    expect(code(message({ nonce: new Uint8Array(69) }))).toBe("tpm/not-a-quote");
  });

  it("refuses registers of another bank, or of several", () => {
    expect(code(message({ bank: 4 }))).toBe("tpm/unsupported-bank");
    expect(code(message({ banks: 2 }))).toBe("tpm/unsupported-bank");
    expect(code(message({ banks: 0 }))).toBe("tpm/unsupported-bank");
  });

  it("refuses a PCR selection of another length and accepts a nonce of the maximum length", () => {
    const good = message();
    const lengthAt = good.length - 34 - 3 - 1;
    expect(code(changed(good, lengthAt, 3 ^ 2))).toBe("tpm/unsupported-bank");
    expect(code(message({ nonce: new Uint8Array(68) }))).toBe("accepted");
  });

  it("refuses a quote that ends early, and bytes after the end", () => {
    const good = message();
    expect(code(concat(good, Uint8Array.of(0)))).toBe("codec/trailing");
    for (let i = 0; i < good.length; i++)
      expect(
        codeOf(() => decodeTpmQuote(good.subarray(0, i))),
        `${i}`,
      ).not.toBe("accepted");
  });

  it("refuses registers that are missing, or whose values or lengths differ from those quoted", () => {
    expect(code(message(), pcrs.with(7, new Uint8Array(32)))).toBe("tpm/pcr-mismatch");
    expect(code(message(), pcrs.slice(0, 23))).toBe("tpm/bad-pcrs");
    expect(code(message(), pcrs.with(7, new Uint8Array(31)))).toBe("tpm/bad-pcrs");
    expect(code(message({ digest: new Uint8Array(31) }))).toBe("tpm/pcr-mismatch");
  });
});
