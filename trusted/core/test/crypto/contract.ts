/** The contract suite of the crypto port. Each implementation's own test file runs it. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { concat, from0x, fromBase64, fromHex, fromUtf8, toHex, utf8 } from "../../src/bytes/index.ts";
import {
  type Crypto,
  hkdfExpand,
  hkdfExtract,
  portableCrypto,
  type RsaHash,
  type RsaPublicKey,
  type SignedMessage,
} from "../../src/crypto/index.ts";
import { codeOf } from "../support/code.ts";
import { vectors } from "./vectors.ts";
import { verdictsOf } from "./verdicts.ts";
import { cofactoredSignature, smallOrderSignatures, withOverflowingS } from "./zip215.ts";

interface RsaVector {
  readonly bits: number;
  readonly modulus: string;
  readonly message_utf8: string;
  readonly pkcs1: Readonly<Record<RsaHash, string>>;
  readonly pss_sha384: readonly string[];
  readonly pkcs1_sha256_refused: Readonly<Record<string, string>>;
  readonly pss_sha384_refused: Readonly<Record<string, string>>;
}

interface RefusedKey {
  readonly what: string;
  readonly modulus: string;
  readonly exponent: string;
  readonly message_utf8: string;
  readonly pkcs1_sha256: string;
  readonly pss_sha384: string;
}

const flip = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const offsetView = (bytes: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(9, 9, 9), bytes, Uint8Array.of(9)).subarray(3, 3 + bytes.length);
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
const empty = new Uint8Array();

/** Checks the provider that `create` returns against the contract. */
export function cryptoContract(title: string, create: () => Crypto | Promise<Crypto>): void {
  describe(title, () => {
    let crypto: Crypto;
    beforeAll(async () => {
      crypto = await create();
    });

    describe("hashes", () => {
      const names = [
        "sha256",
        "sha384",
        "sha512",
        "blake2b512",
        "blake2b256",
        "blake2b128",
        "twox64",
        "twox128",
        "keccak256",
      ] as const;

      it.each(names)("%s gives the published digests", (name) => {
        for (const { data_utf8, digest } of vectors("hashes/hashes.json")[name])
          expect(toHex(crypto[name](utf8(data_utf8)))).toBe(digest);
      });

      it.each(names)("%s agrees with the portable provider at every block boundary", (name) => {
        const data = Uint8Array.from({ length: 300 }, (_, i) => (i * 7) & 255);
        for (const length of [
          0, 1, 3, 4, 7, 8, 31, 32, 33, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 135, 136, 137, 255, 256,
          257, 300,
        ])
          expect(toHex(crypto[name](data.subarray(0, length)))).toBe(
            toHex(portableCrypto[name](data.subarray(0, length))),
          );
      });

      it.each(names)("%s reads an offset view and returns a new array", (name) => {
        const data = utf8("offset view");
        const digest = crypto[name](offsetView(data));
        expect(digest).toEqual(crypto[name](data));
        expect(digest.constructor).toBe(Uint8Array);
        const kept = toHex(digest);
        crypto[name](utf8("another"));
        expect(toHex(digest)).toBe(kept);
      });

      it("hmacSha256 gives RFC 4231's digests", () => {
        for (const { key, data, digest } of vectors("hashes/hmac-sha256.json"))
          expect(toHex(crypto.hmacSha256(fromHex(key), fromHex(data)))).toBe(digest);
      });

      it("HKDF over hmacSha256 gives RFC 5869's output", () => {
        for (const { ikm, salt, info, length, prk, okm } of vectors("hashes/hkdf-sha256.json")) {
          const key = hkdfExtract(crypto, fromHex(salt), fromHex(ikm));
          expect(toHex(key)).toBe(prk);
          expect(toHex(hkdfExpand(crypto, key, fromHex(info), length))).toBe(okm);
        }
      });
    });

    describe("ed25519", () => {
      const rfc8032: readonly SignedMessage[] = vectors("signatures/ed25519.json").map(
        (v: { public_key: string; message: string; signature: string }) => ({
          publicKey: fromHex(v.public_key),
          message: fromHex(v.message),
          signature: fromHex(v.signature),
        }),
      );
      const verify = ({ publicKey, message, signature }: SignedMessage) =>
        crypto.ed25519.verify(publicKey, message, signature);
      const asVotes = (items: readonly SignedMessage[], maxSecondLooks = items.length) =>
        verdictsOf(crypto, items, maxSecondLooks);
      const good = rfc8032[1] as SignedMessage;
      const cofactored = cofactoredSignature(123456789n, 987654321n, utf8("vote"));

      it("accepts RFC 8032's signatures", () => expect(rfc8032.map(verify)).toEqual([true, true, true]));

      it("accepts all 196 small-order signatures as votes, as ZIP-215 does", async () =>
        expect(await asVotes(smallOrderSignatures)).toEqual(smallOrderSignatures.map(() => true)));

      it("authenticates no key of small order: not one of the 196 signatures", () =>
        expect(smallOrderSignatures.map(verify)).toEqual(smallOrderSignatures.map(() => false)));

      it("accepts a signature that is valid only after multiplication by the cofactor", async () => {
        expect(verify(cofactored)).toBe(true);
        expect(await asVotes([cofactored])).toEqual([true]);
      });

      it("refuses s beyond the group order", async () => {
        const beyond = [withOverflowingS(good), withOverflowingS(cofactored)];
        expect(beyond.map(verify)).toEqual([false, false]);
        expect(await asVotes(beyond)).toEqual([false, false]);
      });

      it("refuses any changed part", () => {
        expect(verify({ ...good, message: concat(good.message, good.message) })).toBe(false);
        expect(verify({ ...good, publicKey: (rfc8032[0] as SignedMessage).publicKey })).toBe(false);
        for (const at of [0, 31, 32, 63])
          expect(verify({ ...good, signature: flip(good.signature, at) })).toBe(false);
      });

      it("refuses malformed keys and signatures without throwing", () => {
        const notAPoint = flip(bytes(32, 2), 0);
        for (const publicKey of [empty, bytes(31, 1), bytes(33, 1), notAPoint, bytes(32, 255)])
          expect(verify({ ...good, publicKey })).toBe(false);
        for (const signature of [
          empty,
          good.signature.subarray(0, 63),
          concat(good.signature, bytes(1, 0)),
          bytes(64, 255),
        ])
          expect(verify({ ...good, signature })).toBe(false);
      });

      it("reads offset views", () =>
        expect(
          crypto.ed25519.verify(
            offsetView(good.publicKey),
            offsetView(good.message),
            offsetView(good.signature),
          ),
        ).toBe(true));

      it("verifyVotes returns its verdicts in order", async () => {
        const bad = { ...good, signature: flip(good.signature, 1) };
        const short = { ...good, signature: empty };
        expect(await asVotes([], 4)).toEqual([]);
        expect(await asVotes([good, bad, cofactored, short, good], 4)).toEqual([
          true,
          false,
          true,
          false,
          true,
        ]);
      });

      it("verifyVotes accepts ordinary signatures even without second looks", async () => {
        const bad = { ...good, signature: flip(good.signature, 1) };
        expect(await asVotes([bad, bad, good, bad], 0)).toEqual([false, false, true, false]);
      });

      it("verifyVotes gives the same verdicts as verify", async () => {
        const many = Array.from({ length: 100 }, (_, i) => {
          const item = rfc8032[i % 3] as SignedMessage;
          return i % 7 === 0 ? { ...item, signature: flip(item.signature, i % 64) } : item;
        });
        expect(await asVotes(many, 100)).toEqual(many.map((_, i) => i % 7 !== 0));
      });
    });

    describe("sr25519", () => {
      const all = vectors("signatures/sr25519.json");
      const [publicKey, message, signature] = [all[0].public_key, all[0].message, all[0].signature].map(
        fromHex,
      ) as [Uint8Array, Uint8Array, Uint8Array];

      it("gives the published verdicts", () => {
        for (const v of all)
          expect(crypto.sr25519.verify(fromHex(v.public_key), fromHex(v.message), fromHex(v.signature))).toBe(
            v.valid,
          );
      });

      it("refuses any changed part", () => {
        expect(crypto.sr25519.verify(publicKey, flip(message, 0), signature)).toBe(false);
        expect(crypto.sr25519.verify(flip(publicKey, 0), message, signature)).toBe(false);
        for (const at of [0, 31, 32, 62])
          expect(crypto.sr25519.verify(publicKey, message, flip(signature, at))).toBe(false);
      });

      it("refuses a signature without schnorrkel's marker bit", () => {
        const unmarked = signature.map((byte, i) => (i === 63 ? byte & 0x7f : byte));
        expect(crypto.sr25519.verify(publicKey, message, unmarked)).toBe(false);
      });

      it("refuses the identity as a public key, for which any signature can be forged", () => {
        const forged = bytes(64, 0);
        forged[63] = 0x80;
        expect(crypto.sr25519.verify(bytes(32, 0), message, forged)).toBe(false);
      });

      it("refuses the second encodings of R and s", () => {
        const littleEndian = (part: Uint8Array) => BigInt(`0x${toHex(part.toReversed())}`);
        const encoded = (value: bigint) => fromHex(value.toString(16).padStart(64, "0")).toReversed();
        const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
        const negativeR = encoded(2n ** 255n - 19n - littleEndian(r));
        const overflowingS = encoded(littleEndian(s) + 2n ** 252n + 27742317777372353535851937790883648493n);
        expect(crypto.sr25519.verify(publicKey, message, concat(negativeR, s))).toBe(false);
        expect(crypto.sr25519.verify(publicKey, message, concat(r, overflowingS))).toBe(false);
      });

      it("refuses malformed input without throwing, any number of times", () => {
        for (let i = 0; i < 50; i++) {
          for (const key of [empty, bytes(31, 1), bytes(33, 1), bytes(32, 255)])
            expect(crypto.sr25519.verify(key, message, signature)).toBe(false);
          for (const bad of [empty, signature.subarray(1), bytes(64, 255), bytes(64, 0)])
            expect(crypto.sr25519.verify(publicKey, message, bad)).toBe(false);
        }
        expect(crypto.sr25519.verify(publicKey, message, signature)).toBe(true);
      });
    });

    describe("secp256k1", () => {
      const hash = (text: string) => crypto.sha256(utf8(text));
      const order = fromHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
      const signer = () => {
        const made = crypto.secp256k1.signer(bytes(32, 7));
        if (made === undefined) throw new Error("a valid scalar was refused");
        return made;
      };
      const highS = (signature: Uint8Array) => {
        const value = (part: Uint8Array) => BigInt(`0x${toHex(part)}`);
        const s = value(order) - value(signature.subarray(32, 64));
        return concat(
          signature.subarray(0, 32),
          fromHex(s.toString(16).padStart(64, "0")),
          signature.subarray(64),
        );
      };

      it("signs as RFC 6979 requires, with a low s", () => {
        for (const { secret, message_utf8, signature } of vectors("signatures/secp256k1-rfc6979.json"))
          expect(toHex(crypto.secp256k1.signer(fromHex(secret))?.sign(hash(message_utf8)) ?? empty)).toBe(
            signature,
          );
      });

      it("refuses an invalid scalar", () => {
        for (const secret of [empty, bytes(32, 0), order, bytes(32, 255), bytes(31, 1), bytes(33, 1)])
          expect(crypto.secp256k1.signer(secret)).toBeUndefined();
      });

      it("keeps its own copy of the secret", () => {
        const secret = bytes(32, 7);
        const made = crypto.secp256k1.signer(secret);
        secret.fill(1);
        expect(made?.sign(hash("x"))).toEqual(signer().sign(hash("x")));
      });

      it("verifies with both forms of the key, and only the signed message", () => {
        const { publicKey, sign } = signer();
        const signature = sign(hash("a"));
        const uncompressed = crypto.secp256k1.uncompress(publicKey) ?? empty;
        expect(uncompressed.length).toBe(65);
        for (const key of [publicKey, uncompressed, offsetView(publicKey)])
          expect(crypto.secp256k1.verify(key, hash("a"), signature)).toBe(true);
        expect(crypto.secp256k1.verify(publicKey, hash("b"), signature)).toBe(false);
        for (const at of [0, 31, 32, 63])
          expect(crypto.secp256k1.verify(publicKey, hash("a"), flip(signature, at))).toBe(false);
      });

      it("refuses the high-s twin of a good signature", () => {
        const { publicKey, sign, signRecoverable } = signer();
        expect(crypto.secp256k1.verify(publicKey, hash("a"), highS(sign(hash("a"))))).toBe(false);
        const twin = highS(signRecoverable(hash("a")));
        twin[64] = (twin[64] as number) ^ 1;
        expect(crypto.secp256k1.recover(hash("a"), twin)).toBeUndefined();
      });

      it("recovers the signer if v starts from 0 or from 27", () => {
        const { publicKey, signRecoverable } = signer();
        const signature = signRecoverable(hash("a"));
        expect(signature.length).toBe(65);
        expect(signature[64]).toBeLessThan(4);
        expect(crypto.secp256k1.recover(hash("a"), signature)).toEqual(publicKey);
        signature[64] = (signature[64] as number) + 27;
        expect(crypto.secp256k1.recover(hash("a"), signature)).toEqual(publicKey);
        expect(crypto.secp256k1.recover(hash("b"), signature)).not.toEqual(publicKey);
      });

      it("recovers no key from a signature whose key would be the point at infinity", () => {
        const n = BigInt(`0x${toHex(order)}`);
        const generatorX = fromHex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
        const z = BigInt(`0x${toHex(hash("a"))}`) % n;
        // With R = ±G and s = ±z, the recovered key is (sR - zG) / r = 0.
        const s = (z > n / 2n ? n - z : z).toString(16).padStart(64, "0");
        for (const v of [0, 1])
          expect(
            crypto.secp256k1.recover(hash("a"), concat(generatorX, fromHex(s), Uint8Array.of(v))),
          ).toEqual(v === (z > n / 2n ? 1 : 0) ? undefined : expect.any(Uint8Array));
      });

      it("recovers nothing from malformed input, any number of times", () => {
        const zeroR = bytes(65, 0);
        const five = bytes(65, 0); // x = 5 is not on the curve
        five[31] = 5;
        five[63] = 1;
        const offRange = concat(bytes(64, 255), Uint8Array.of(0));
        const badV = concat(signer().sign(hash("a")), Uint8Array.of(4));
        const v26 = concat(signer().sign(hash("a")), Uint8Array.of(26));
        for (let i = 0; i < 50; i++)
          for (const bad of [empty, zeroR, five, offRange, badV, v26, bytes(64, 1), bytes(66, 1)])
            expect(crypto.secp256k1.recover(hash("a"), bad)).toBeUndefined();
        expect(crypto.secp256k1.recover(empty, signer().signRecoverable(hash("a")))).toBeUndefined();
      });

      it("signs nothing but hashes of 32 bytes", () => {
        const { sign, signRecoverable } = signer();
        for (const bad of [empty, bytes(31, 1), bytes(33, 1), bytes(1_000, 1)])
          for (const signing of [sign, signRecoverable])
            expect(codeOf(() => signing(bad))).toBe("crypto/bad-length");
      });

      it("refuses keys in the hybrid form", () => {
        const { publicKey, sign } = signer();
        const signature = sign(hash("a"));
        const uncompressed = crypto.secp256k1.uncompress(publicKey) ?? empty;
        for (const prefix of [6, 7]) {
          const hybrid = concat(Uint8Array.of(prefix), uncompressed.subarray(1));
          expect(crypto.secp256k1.verify(hybrid, hash("a"), signature)).toBe(false);
        }
      });

      it("refuses malformed keys and signatures without throwing", () => {
        const { publicKey, sign } = signer();
        const signature = sign(hash("a"));
        for (const key of [
          empty,
          bytes(33, 2),
          bytes(33, 255),
          bytes(65, 4),
          publicKey.subarray(1),
          concat(Uint8Array.of(6), bytes(64, 1)),
        ])
          expect(crypto.secp256k1.verify(key, hash("a"), signature)).toBe(false);
        for (const bad of [
          empty,
          signature.subarray(1),
          concat(signature, bytes(1, 0)),
          bytes(64, 0),
          bytes(64, 255),
        ])
          expect(crypto.secp256k1.verify(publicKey, hash("a"), bad)).toBe(false);
        expect(crypto.secp256k1.verify(publicKey, empty, signature)).toBe(false);
        for (const key of [empty, bytes(33, 255), bytes(32, 2), concat(publicKey, empty, bytes(1, 1))])
          expect(crypto.secp256k1.uncompress(key)).toBeUndefined();
      });
    });

    describe("p256", () => {
      const pair = (fill: number) => {
        const made = crypto.p256.keyPair(bytes(32, fill));
        if (made === undefined) throw new Error("a valid scalar was refused");
        return made;
      };

      it("gives both sides the same x, and the same x as the portable provider", () => {
        const [alice, bob] = [pair(1), pair(2)];
        const shared = alice.sharedX(bob.publicKey);
        expect(shared?.length).toBe(32);
        expect(bob.sharedX(offsetView(alice.publicKey))).toEqual(shared);
        expect(portableCrypto.p256.keyPair(bytes(32, 1))?.sharedX(bob.publicKey)).toEqual(shared);
        expect(alice.publicKey).toEqual(portableCrypto.p256.keyPair(bytes(32, 1))?.publicKey);
        expect(alice.publicKey.constructor).toBe(Uint8Array);
      });

      it("keeps leading zeros of x", () => {
        for (let fill = 1; fill < 40; fill++) expect(pair(fill).sharedX(pair(77).publicKey)?.length).toBe(32);
      });

      it("refuses an invalid scalar", () => {
        const order = fromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        for (const secret of [empty, bytes(32, 0), order, bytes(32, 255), bytes(31, 1), bytes(33, 1)])
          expect(crypto.p256.keyPair(secret)).toBeUndefined();
        expect(crypto.p256.keyPair(flip(order, 31))).toBeDefined();
      });

      it("refuses a peer's key that is not an uncompressed curve point", () => {
        const alice = pair(1);
        const point = pair(2).publicKey;
        const compressed = concat(Uint8Array.of(2), point.subarray(1, 33));
        const hybrid = concat(Uint8Array.of(6 + ((point[64] as number) & 1)), point.subarray(1));
        const beyondField = concat(Uint8Array.of(4), bytes(64, 255));
        const zero = concat(Uint8Array.of(4), bytes(64, 0));
        for (const peer of [
          empty,
          Uint8Array.of(0),
          compressed,
          hybrid,
          flip(point, 64),
          flip(point, 1),
          beyondField,
          zero,
          point.subarray(1),
        ])
          expect(alice.sharedX(peer)).toBeUndefined();
      });

      it("verifies RFC 6979's signatures, and the twin with the other s", () => {
        const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
        for (const v of vectors("signatures/p256-rfc6979.json")) {
          const [key, message, signature] = [
            fromHex(v.public_key),
            utf8(v.message_utf8),
            fromHex(v.signature),
          ];
          expect(crypto.p256.verify(key, message, signature)).toBe(true);
          const s = (order - BigInt(`0x${toHex(signature.subarray(32))}`)).toString(16).padStart(64, "0");
          expect(crypto.p256.verify(key, message, concat(signature.subarray(0, 32), fromHex(s)))).toBe(true);
          expect(crypto.p256.verify(key, flip(message, 0), signature)).toBe(false);
          for (const bad of [empty, bytes(64, 0), bytes(64, 255), signature.subarray(1), flip(signature, 5)])
            expect(crypto.p256.verify(key, message, bad)).toBe(false);
          for (const bad of [empty, flip(key, 64), bytes(65, 4), key.subarray(1)])
            expect(crypto.p256.verify(bad, message, signature)).toBe(false);
        }
      });
    });

    describe("p384", () => {
      it("verifies RFC 6979's signatures, and the twin with the other s", () => {
        const order =
          0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n;
        for (const v of vectors("signatures/p384-rfc6979.json")) {
          const [key, message, signature] = [
            fromHex(v.public_key),
            utf8(v.message_utf8),
            fromHex(v.signature),
          ];
          expect(crypto.p384.verify(offsetView(key), offsetView(message), offsetView(signature))).toBe(true);
          const s = (order - BigInt(`0x${toHex(signature.subarray(48))}`)).toString(16).padStart(96, "0");
          expect(crypto.p384.verify(key, message, concat(signature.subarray(0, 48), fromHex(s)))).toBe(true);
          expect(crypto.p384.verify(key, flip(message, 0), signature)).toBe(false);
          const longer = concat(signature, bytes(1, 0));
          for (const bad of [
            empty,
            bytes(96, 0),
            bytes(96, 255),
            signature.subarray(1),
            longer,
            flip(signature, 5),
            flip(signature, 95),
          ])
            expect(crypto.p384.verify(key, message, bad)).toBe(false);
          const compressed = concat(Uint8Array.of(2), key.subarray(1, 49));
          const hybrid = concat(Uint8Array.of(6 + ((key[96] as number) & 1)), key.subarray(1));
          for (const bad of [empty, flip(key, 96), bytes(97, 4), key.subarray(1), compressed, hybrid])
            expect(crypto.p384.verify(bad, message, signature)).toBe(false);
        }
      });
    });

    describe("rsa", () => {
      const exponent = Uint8Array.of(1, 0, 1);
      const keys = vectors("signatures/rsa.json").map((v: RsaVector) => ({
        v,
        key: { modulus: fromHex(v.modulus), exponent },
        message: utf8(v.message_utf8),
      })) as { v: RsaVector; key: RsaPublicKey; message: Uint8Array }[];

      it.each(["sha256", "sha384", "sha512"] as const)(
        "verifies PKCS #1 v1.5 with %s, and only the signed message",
        (hash) => {
          expect(keys.length).toBe(3);
          for (const { v, key, message } of keys) {
            const signature = fromHex(v.pkcs1[hash]);
            const view = { modulus: offsetView(key.modulus), exponent: offsetView(exponent) };
            expect(crypto.rsa.verifyPkcs1(hash, view, offsetView(message), offsetView(signature))).toBe(true);
            expect(crypto.rsa.verifyPkcs1(hash, key, flip(message, 0), signature)).toBe(false);
            for (const at of [0, 1, 100, signature.length - 1])
              expect(crypto.rsa.verifyPkcs1(hash, key, message, flip(signature, at))).toBe(false);
            expect(crypto.rsa.verifyPssSha384(key, message, signature)).toBe(false);
            for (const other of ["sha256", "sha384", "sha512"] as const)
              expect(crypto.rsa.verifyPkcs1(other, key, message, signature)).toBe(other === hash);
          }
        },
      );

      it("verifies PSS with SHA-384 and 48 bytes of salt, and only the signed message", () => {
        for (const { v, key, message } of keys)
          for (const text of v.pss_sha384) {
            const signature = fromHex(text);
            expect(crypto.rsa.verifyPssSha384(key, message, signature)).toBe(true);
            expect(crypto.rsa.verifyPssSha384(key, flip(message, 0), signature)).toBe(false);
            for (const at of [0, 1, 100, signature.length - 1])
              expect(crypto.rsa.verifyPssSha384(key, message, flip(signature, at))).toBe(false);
            expect(crypto.rsa.verifyPkcs1("sha384", key, message, signature)).toBe(false);
          }
      });

      const schemes = {
        "PKCS #1 v1.5": {
          refused: (v: RsaVector) => v.pkcs1_sha256_refused,
          good: (v: RsaVector) => v.pkcs1.sha256,
          verify: (key: RsaPublicKey, message: Uint8Array, signature: Uint8Array) =>
            crypto.rsa.verifyPkcs1("sha256", key, message, signature),
        },
        PSS: {
          refused: (v: RsaVector) => v.pss_sha384_refused,
          good: (v: RsaVector) => v.pss_sha384[0] as string,
          verify: (key: RsaPublicKey, message: Uint8Array, signature: Uint8Array) =>
            crypto.rsa.verifyPssSha384(key, message, signature),
        },
      };
      const forgeries = Object.entries(schemes).flatMap(([scheme, { refused, verify }]) =>
        keys.flatMap(({ v, key, message }) =>
          Object.entries(refused(v)).map(([wrong, signature]) => ({
            scheme,
            bits: v.bits,
            wrong,
            refuses: () => !verify(key, message, fromHex(signature)),
          })),
        ),
      );

      it.each(forgeries)("$scheme under $bits bits refuses: $wrong", ({ refuses }) => {
        expect(refuses()).toBe(true);
      });

      it.each(["PKCS #1 v1.5", "PSS"] as const)("%s refuses malformed keys and signatures", (scheme) => {
        const { good, verify } = schemes[scheme];
        const { v, key, message } = keys[0] as (typeof keys)[number];
        const signature = fromHex(good(v));
        expect(verify(key, message, signature)).toBe(true);
        const plusModulus = BigInt(`0x${toHex(signature)}`) + BigInt(`0x${v.modulus}`);
        const zero = bytes(1, 0);
        for (const bad of [
          empty,
          bytes(256, 0),
          bytes(256, 255),
          signature.subarray(1),
          concat(zero, signature),
          concat(signature, zero),
          fromHex(plusModulus.toString(16).padStart(plusModulus >> 2048n === 0n ? 512 : 514, "0")),
          key.modulus,
        ])
          expect(verify(key, message, bad)).toBe(false);
        for (const modulus of [
          empty,
          bytes(256, 0),
          concat(zero, key.modulus),
          key.modulus.subarray(1),
          flip(key.modulus, 255),
        ])
          expect(verify({ modulus, exponent }, message, signature)).toBe(false);
        for (const other of [empty, bytes(1, 1), bytes(1, 3), concat(zero, exponent), Uint8Array.of(1, 0, 3)])
          expect(verify({ modulus: key.modulus, exponent: other }, message, signature)).toBe(false);
      });

      it.each(vectors("signatures/rsa-refused-keys.json") as RefusedKey[])(
        "refuses valid signatures by a key with $what",
        (v) => {
          const key = { modulus: fromHex(v.modulus), exponent: fromHex(v.exponent) };
          expect(crypto.rsa.verifyPkcs1("sha256", key, utf8(v.message_utf8), fromHex(v.pkcs1_sha256))).toBe(
            false,
          );
          expect(crypto.rsa.verifyPssSha384(key, utf8(v.message_utf8), fromHex(v.pss_sha384))).toBe(false);
        },
      );
    });

    describe("aes256Gcm", () => {
      const [key, iv, aad] = [bytes(32, 3), bytes(12, 4), utf8("aad")];
      const text = utf8("a secret");

      it("gives the published ciphertexts and opens them", () => {
        for (const v of vectors("gcm/aes256-iv96.json")) {
          const aead = crypto.aes256Gcm(fromHex(v.key));
          const sealed = aead.seal(fromHex(v.iv), fromHex(v.plaintext), fromHex(v.aad));
          expect(toHex(sealed)).toBe(v.ciphertext + v.tag);
          expect(aead.open(fromHex(v.iv), sealed, fromHex(v.aad))).toEqual(fromHex(v.plaintext));
        }
      });

      it("opens nothing that was changed or shortened", () => {
        const aead = crypto.aes256Gcm(key);
        const sealed = aead.seal(iv, text, aad);
        for (let i = 0; i < sealed.length; i++) expect(aead.open(iv, flip(sealed, i), aad)).toBeUndefined();
        for (let i = 0; i < sealed.length; i++)
          expect(aead.open(iv, sealed.subarray(0, i), aad)).toBeUndefined();
        expect(aead.open(flip(iv, 0), sealed, aad)).toBeUndefined();
        expect(aead.open(iv, sealed, flip(aad, 0))).toBeUndefined();
        expect(aead.open(iv, sealed, empty)).toBeUndefined();
        expect(crypto.aes256Gcm(flip(key, 0)).open(iv, sealed, aad)).toBeUndefined();
      });

      it("opens nothing under an IV of another length", () => {
        const aead = crypto.aes256Gcm(key);
        for (const length of [0, 8, 11, 13, 16])
          expect(aead.open(bytes(length, 4), aead.seal(iv, text, aad), aad)).toBeUndefined();
      });

      it("throws crypto/bad-length for a key or an IV of the wrong length", () => {
        for (const length of [0, 16, 24, 31, 33])
          expect(() => crypto.aes256Gcm(bytes(length, 1))).toThrow(
            expect.objectContaining({ code: "crypto/bad-length" }),
          );
        for (const length of [0, 11, 13, 16])
          expect(() => crypto.aes256Gcm(key).seal(bytes(length, 1), text, aad)).toThrow(
            expect.objectContaining({ code: "crypto/bad-length" }),
          );
      });

      it("keeps its own copy of the key, reads offset views, returns plain arrays", () => {
        const mutable = key.slice();
        const aead = crypto.aes256Gcm(mutable);
        mutable.fill(0);
        const sealed = aead.seal(offsetView(iv), offsetView(text), offsetView(aad));
        expect(sealed).toEqual(portableCrypto.aes256Gcm(key).seal(iv, text, aad));
        expect(sealed.constructor).toBe(Uint8Array);
        const opened = aead.open(iv, offsetView(sealed), aad);
        expect(opened).toEqual(text);
        expect(opened?.constructor).toBe(Uint8Array);
      });

      it("opens whatever the portable provider seals", () => {
        const some = (maxLength: number) => fc.uint8Array({ maxLength });
        fc.assert(
          fc.property(
            fc.uint8Array({ minLength: 32, maxLength: 32 }),
            some(200),
            some(40),
            (anyKey, plaintext, anyAad) => {
              const sealed = portableCrypto.aes256Gcm(anyKey).seal(iv, plaintext, anyAad);
              expect(crypto.aes256Gcm(anyKey).open(iv, sealed, anyAad)).toEqual(Uint8Array.from(plaintext));
            },
          ),
        );
      });
    });

    describe("recorded data", () => {
      recorded("opens all 31 AES-256-GCM messages of the analytics contract", ({ files }) => {
        const { key_hex, vectors } = files.json("phala/crypto/w3a-aes256gcm.json");
        expect(vectors.length).toBe(31);
        const aead = crypto.aes256Gcm(fromHex(key_hex));
        for (const { iv_b64, cipher_b64, plaintext } of vectors)
          expect(fromUtf8(aead.open(fromBase64(iv_b64), fromBase64(cipher_b64), empty) ?? empty)).toBe(
            plaintext,
          );
      });

      recorded("gives the JavaScript SDK's ciphertext", ({ files }) => {
        const v = files.json("phala/crypto/sdk-aes256gcm.json");
        const aead = crypto.aes256Gcm(fromHex(v.key));
        expect(toHex(aead.seal(fromHex(v.iv), fromHex(v.plaintext), empty))).toBe(v.ciphertext_and_tag);
        expect(toHex(aead.open(fromHex(v.iv), fromHex(v.ciphertext_and_tag), empty) ?? empty)).toBe(
          v.plaintext,
        );
      });

      recorded("computes the recorded shared secret of 2020", ({ files }) => {
        const v = files.json("phala/crypto/ecdh-p256-2020.json");
        const pair = crypto.p256.keyPair(fromHex(v.private_key));
        expect(toHex(pair?.publicKey ?? empty)).toBe(v.public_key_DERIVED_BY_US);
        expect(toHex(pair?.sharedX(fromHex(v.bob_public_key)) ?? empty)).toBe(v.shared_x_DERIVED_BY_US);
      });

      recorded("verifies the transfers of 2020 and derives the development identity's key", ({ files }) => {
        const v = files.json("phala/crypto/secp256k1-transfer.json");
        for (const t of v.vectors) {
          const hash = crypto.blake2b256(fromHex(t.message_hex));
          expect(toHex(hash)).toBe(t.blake2_256);
          expect(crypto.secp256k1.verify(fromHex(t.public_key), hash, fromHex(t.signature))).toBe(t.valid);
          expect(crypto.secp256k1.verify(fromHex(t.public_key), flip(hash, 0), fromHex(t.signature))).toBe(
            false,
          );
        }
        expect(toHex(crypto.secp256k1.signer(fromHex(v.dev_identity.secret))?.publicKey ?? empty)).toBe(
          v.dev_identity.public_key_compressed,
        );
      });

      recorded("recovers the signer of the EIP-712 queries", ({ files }) => {
        const v = files.json("phala/crypto/eip712.json");
        for (const { hash, signature } of v.vectors)
          expect(toHex(crypto.secp256k1.recover(from0x(hash), fromHex(signature)) ?? empty)).toBe(
            v.signer.compressed,
          );
        expect(toHex(crypto.secp256k1.uncompress(fromHex(v.signer.compressed)) ?? empty)).toBe(
          v.signer.uncompressed,
        );
      });

      recorded("computes the recorded storage prefixes of 62 pallets", ({ files }) => {
        const { entries } = files.json("phala/scale/storage-prefixes.json");
        let checked = 0;
        for (const [name, expected] of Object.entries<string>(entries)) {
          const [pallet = "", item = ""] = name.split("::");
          expect(concat(crypto.twox128(utf8(pallet)), crypto.twox128(utf8(item)))).toEqual(
            from0x(expected).subarray(0, 32),
          );
          checked++;
        }
        expect(checked).toBeGreaterThan(50);
      });
    });
  });
}
