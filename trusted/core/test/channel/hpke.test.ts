import { shake128 } from "@noble/hashes/sha3.js";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex, utf8 } from "../../src/bytes/index.ts";
import { type HpkeContext, setupBaseRecipient, setupBaseSender } from "../../src/channel/index.ts";
import { hkdfExpand, hkdfExtract, type P256KeyPair } from "../../src/crypto/index.ts";
import { vectors } from "../crypto/vectors.ts";
import { crypto, flip, keyPair } from "./parties.ts";

const vector = vectors("rfc9180/base-p256-sha256-aes256gcm.json");
const info = fromHex(vector.info);

function pair(secretHex: string): P256KeyPair {
  const made = crypto.p256.keyPair(fromHex(secretHex));
  if (made === undefined) throw new Error("no scalar");
  return made;
}

const sender = () => setupBaseSender(crypto, fromHex(vector.pkRm), info, pair(vector.skEm));
const recipient = () => setupBaseRecipient(crypto, pair(vector.skRm), info, fromHex(vector.enc));
const sides: [string, () => HpkeContext][] = [
  ["sender", sender],
  ["recipient", recipient],
];

describe("HPKE base mode against RFC 9180", () => {
  it("derives the vector's ephemeral and recipient keys (DeriveKeyPair)", () => {
    for (const [ikm, secret] of [
      [vector.ikmE, vector.skEm],
      [vector.ikmR, vector.skRm],
    ]) {
      const suite = concat(utf8("HPKE-v1"), utf8("KEM"), Uint8Array.of(0, 16));
      const prk = hkdfExtract(crypto, new Uint8Array(), concat(suite, utf8("dkp_prk"), fromHex(ikm)));
      const candidate = concat(Uint8Array.of(0, 32), suite, utf8("candidate"), Uint8Array.of(0));
      expect(toHex(hkdfExpand(crypto, prk, candidate, 32))).toBe(secret);
    }
    expect(toHex(pair(vector.skEm).publicKey)).toBe(vector.enc);
    expect(toHex(pair(vector.skRm).publicKey)).toBe(vector.pkRm);
  });

  it.each(sides)("%s: base nonce, key and first ciphertext", (_, setup) => {
    const context = setup();
    const [{ aad, pt, ct, nonce }] = vector.encryptions;
    expect(toHex(context.baseNonce)).toBe(vector.base_nonce);
    expect(toHex(context.baseNonce)).toBe(nonce);
    expect(toHex(context.aead.seal(context.baseNonce, fromHex(pt), fromHex(aad)))).toBe(ct);
    expect(toHex(context.aead.open(context.baseNonce, fromHex(ct), fromHex(aad)) ?? new Uint8Array())).toBe(
      pt,
    );
    expect(context.aead.seal(context.baseNonce, fromHex(pt), fromHex(aad))).toEqual(
      crypto.aes256Gcm(fromHex(vector.key)).seal(fromHex(vector.base_nonce), fromHex(pt), fromHex(aad)),
    );
  });

  it("gives the vector's accumulated ciphertexts of 1000 messages", () => {
    const context = sender();
    const source = shake128.create({ dkLen: 16 });
    const sink = shake128.create({ dkLen: 16 });
    for (let sequence = 0; sequence < 1000; sequence++) {
      const [aad, plaintext] = [draw(source), draw(source)];
      const nonce = context.baseNonce.slice();
      nonce[10] = (nonce[10] as number) ^ (sequence >> 8);
      nonce[11] = (nonce[11] as number) ^ (sequence & 255);
      sink.update(context.aead.seal(nonce, plaintext, aad));
    }
    expect(toHex(sink.digest())).toBe(vector.encryptions_accumulated);
  });

  it.each(sides)("%s: gives the vector's accumulated exports of lengths 0 to 999", (_, setup) => {
    const context = setup();
    const source = shake128.create({ dkLen: 16 });
    const sink = shake128.create({ dkLen: 16 });
    for (let length = 0; length < 1000; length++) sink.update(context.exporter(draw(source), length));
    expect(toHex(sink.digest())).toBe(vector.exports_accumulated);
  });

  it("derives other keys for another info, another recipient and another ephemeral key", () => {
    const nonce = toHex(sender().baseNonce);
    expect(
      toHex(setupBaseSender(crypto, fromHex(vector.pkRm), flip(info), pair(vector.skEm)).baseNonce),
    ).not.toBe(nonce);
    expect(toHex(setupBaseSender(crypto, keyPair(5).publicKey, info, pair(vector.skEm)).baseNonce)).not.toBe(
      nonce,
    );
    expect(toHex(setupBaseSender(crypto, fromHex(vector.pkRm), info, keyPair(5)).baseNonce)).not.toBe(nonce);
  });

  it("channel/bad-point", () => {
    const badPoint = expect.objectContaining({ code: "channel/bad-point" });
    for (const bad of [new Uint8Array(), new Uint8Array(65), flip(fromHex(vector.enc), 64)]) {
      expect(() => setupBaseRecipient(crypto, pair(vector.skRm), info, bad)).toThrow(badPoint);
      expect(() => setupBaseSender(crypto, bad, info, pair(vector.skEm))).toThrow(badPoint);
    }
  });
});

type Shake = ReturnType<typeof shake128.create>;

function draw(source: Shake): Uint8Array {
  const [length = 0] = source.xof(1);
  return source.xof(length);
}
