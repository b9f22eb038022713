import { sign } from "node:crypto";
import { DerReader, decodePem } from "@pruntime/core/asn1";
import { concat, fromBase64, fromHex, toHex, utf8 } from "@pruntime/core/bytes";
import { type PublicKey, readPublicKey } from "@pruntime/core/x509";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it } from "vitest";
import { type Cases, changed, withCases } from "../../../trusted/core/test/attestation/cases.ts";
import { ecKeys, type Keys, rsaKeys } from "../../../trusted/core/test/attestation/pki.ts";
import { message, pcrs } from "../../../trusted/core/test/attestation/tpm/made.ts";
import { codeOf } from "../../../trusted/core/test/support/code.ts";
import { decodeTpmSignature, verifyTpmQuote } from "../../src/index.ts";
import { signature } from "./made.ts";

const crypto = await createNativeCrypto();
const spki = (der: Uint8Array): PublicKey => readPublicKey(new DerReader(der));
const keyOf = ({ publicKey }: Keys) =>
  spki(Uint8Array.from(publicKey.export({ type: "spki", format: "der" })));
const [rsa, ec, otherEc] = [rsaKeys(), ecKeys("P-256"), ecKeys("P-256")];

const verify = (
  keys: Keys,
  bytes: Uint8Array,
  values: readonly (Uint8Array | undefined)[] = pcrs,
  by = keys,
) =>
  verifyTpmQuote(crypto, keyOf(keys), {
    message: bytes,
    signature: decodeTpmSignature(signature(by, bytes)),
    pcrs: values,
  });
const code = (bytes: Uint8Array, values?: readonly (Uint8Array | undefined)[]) =>
  codeOf(() => verify(ec, bytes, values));

describe("verifyTpmQuote", () => {
  it.each([
    ["RSASSA", rsa],
    ["ECDSA", ec],
  ])("returns the nonce and the covered registers of a quote signed with %s", (_, keys) =>
    expect(verify(keys, message())).toEqual({
      nonce: utf8("nonce"),
      pcrs: { "0": "00".repeat(32), "7": "07".repeat(32), "23": "17".repeat(32) },
    }),
  );

  it("returns no register that the quote does not cover", () =>
    expect(Object.keys(verify(ec, message({ selection: [4] })).pcrs)).toEqual(["4"]));

  it("refuses another key's signature", () =>
    expect(codeOf(() => verify(ec, message(), pcrs, otherEc))).toBe("tpm/bad-signature"));

  it("refuses a signature whose scheme does not fit the key", () => {
    expect(codeOf(() => verify(ec, message(), pcrs, rsa))).toBe("tpm/bad-signature");
    expect(codeOf(() => verify(rsa, message(), pcrs, ec))).toBe("tpm/bad-signature");
  });

  it("refuses a signed structure that is not a quote", () => {
    expect(code(message({ magic: 0xff544348 }))).toBe("tpm/not-a-quote");
    expect(code(message({ type: 0x8017 }))).toBe("tpm/not-a-quote");
    expect(code(message({ nonce: new Uint8Array(69) }))).toBe("tpm/not-a-quote");
  });

  it("refuses registers that are missing, or whose values or lengths differ from those quoted", () => {
    expect(code(message(), pcrs.with(7, new Uint8Array(32)))).toBe("tpm/pcr-mismatch");
    expect(code(message(), pcrs.slice(0, 23))).toBe("tpm/bad-pcrs");
    expect(code(message(), pcrs.with(7, new Uint8Array(31)))).toBe("tpm/bad-pcrs");
    expect(code(message({ digest: new Uint8Array(31) }))).toBe("tpm/pcr-mismatch");
  });
});

describe("decodeTpmSignature", () => {
  const good = signature(ec, message());

  it("refuses other schemes and hashes", () => {
    expect(codeOf(() => decodeTpmSignature(changed(good, 1, 1)))).toBe("tpm/unsupported-signature");
    expect(codeOf(() => decodeTpmSignature(changed(good, 3, 7)))).toBe("tpm/unsupported-signature");
  });

  it("refuses bytes after the end", () =>
    expect(codeOf(() => decodeTpmSignature(concat(good, Uint8Array.of(0))))).toBe("codec/trailing"));

  it("refuses a number longer than the curve's", () =>
    expect(codeOf(() => decodeTpmSignature(fromHex(`0018000b0021${"00".repeat(33)}0000`)))).toBe(
      "tpm/not-a-quote",
    ));

  it("pads short numbers with leading zeros", () => {
    const { signature: raw } = decodeTpmSignature(fromHex("0018000b0001aa0002bbcc"));
    expect(toHex(raw)).toBe(`${"00".repeat(31)}aa${"00".repeat(30)}bbcc`);
  });

  it("refuses a wrong RSASSA signature", () => {
    const bytes = message();
    const wrong = { scheme: "rsassa", signature: sign("sha256", utf8("other"), rsa.privateKey) } as const;
    expect(codeOf(() => verifyTpmQuote(crypto, keyOf(rsa), { message: bytes, signature: wrong, pcrs }))).toBe(
      "tpm/bad-signature",
    );
  });
});

describe("recorded TPM quotes", () => {
  const it = withCases.extend("expected", ({ cases }) =>
    Object.fromEntries(cases.of("tpm2-quote").map((one) => [one.id, one.expect])),
  );
  const pem = (cases: Cases, path: string) =>
    spki(decodePem("PUBLIC KEY", cases.text(path))[0] as Uint8Array);
  /** Splits a file of tpm2-tools, which contains the values of registers `numbers`, by register number. */
  const spread = (numbers: readonly number[], values: Uint8Array) => {
    const by: (Uint8Array | undefined)[] = [];
    numbers.forEach((n, i) => {
      by[n] = values.subarray(32 * i, 32 * i + 32);
    });
    return by;
  };
  const flips = (
    key: PublicKey,
    bytes: Uint8Array,
    signed: Uint8Array,
    values: readonly (Uint8Array | undefined)[],
  ) => {
    const accepted = (m: Uint8Array, s: Uint8Array) =>
      codeOf(() =>
        verifyTpmQuote(crypto, key, { message: m, signature: decodeTpmSignature(s), pcrs: values }),
      ) === "accepted";
    expect(accepted(bytes, signed)).toBe(true);
    for (let i = 0; i < bytes.length; i++)
      expect(accepted(changed(bytes, i, 1 << (i % 8)), signed), `message ${i}`).toBe(false);
    for (let i = 0; i < signed.length; i++)
      expect(accepted(bytes, changed(signed, i, 1 << (i % 8))), `signature ${i}`).toBe(false);
  };

  it("are three", ({ expected }) => expect(Object.keys(expected).length).toBe(3));

  it("AK without certificate: tpm-trustee is consistent under its own key, which proves nothing else", ({
    cases,
    expected,
  }) => {
    const { ak_public: ak, tpm_quote: quote } = cases.json("tpm/trustee-tpm_evidence.json");
    const [key, bytes, signed] = [
      spki(fromBase64(ak)),
      fromBase64(quote.message),
      fromBase64(quote.signature),
    ];
    const values = quote.pcrs.map(fromHex);
    const found = verifyTpmQuote(crypto, key, {
      message: bytes,
      signature: decodeTpmSignature(signed),
      pcrs: values,
    });
    expect(Object.keys(found).sort()).toEqual(["nonce", "pcrs"]);
    expect(toHex(found.nonce)).toBe(expected["tpm-trustee"].extraData);
    flips(key, bytes, signed, values);
  });

  it("tpm-swtpm-ecdsa", ({ cases, expected }) => {
    const [key, bytes, signed] = [
      pem(cases, "tpm/swtpm-ak.pem"),
      cases.bytes("tpm/swtpm-q.msg"),
      cases.bytes("tpm/swtpm-q.sig"),
    ];
    const { pcrSelection } = expected["tpm-swtpm-ecdsa"];
    const values = spread(pcrSelection, cases.bytes("tpm/swtpm-pcrs.bin"));
    const found = verifyTpmQuote(crypto, key, {
      message: bytes,
      signature: decodeTpmSignature(signed),
      pcrs: values,
    });
    expect(Object.keys(found.pcrs).map(Number)).toEqual(pcrSelection);
    expect(toHex(found.nonce)).toBe(cases.text("tpm/swtpm-nonce").trim());
    flips(key, bytes, signed, values);
  });

  it("tpm-qemu-measured-boot", ({ cases, expected }) => {
    const [key, bytes, signed] = [
      pem(cases, "tpm/qemu-ak.pem"),
      cases.bytes("tpm/qemu-msg"),
      cases.bytes("tpm/qemu-sig"),
    ];
    const { pcrSelection, pcrs: want, extraData } = expected["tpm-qemu-measured-boot"];
    const values = spread(pcrSelection, cases.bytes("tpm/qemu-pcrs.bin"));
    const found = verifyTpmQuote(crypto, key, {
      message: bytes,
      signature: decodeTpmSignature(signed),
      pcrs: values,
    });
    expect(found).toEqual({ nonce: fromHex(extraData), pcrs: want });
    flips(key, bytes, signed, values);
  });
});
