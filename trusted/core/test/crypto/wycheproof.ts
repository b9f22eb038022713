/**
 * Runs Wycheproof's cases against a provider. `vectors/wycheproof` has the unmodified files. Where the crypto
 * port is stricter than Wycheproof, the test states the port's rule and derives the verdict from it.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../src/bytes/index.ts";
import type { Crypto } from "../../src/crypto/index.ts";
import { vectors } from "./vectors.ts";

interface Group {
  readonly publicKey: { readonly pk: string; readonly uncompressed: string };
  readonly keySize: number;
  readonly ivSize: number;
  readonly tests: readonly Case[];
}
/** One case. Which of the hex fields it has depends on the file. */
interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: "valid" | "invalid" | "acceptable";
  readonly [hexField: string]: unknown;
}

/** Half of secp256k1's order: a greater s is refused as malleable. */
const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

const hex = (test: Case, field: string): Uint8Array => fromHex(test[field] as string);
const cases = (file: string, count: number): { readonly group: Group; readonly test: Case }[] => {
  const groups = vectors(`wycheproof/${file}_test.json`).testGroups as readonly Group[];
  const all = groups.flatMap((group) => group.tests.map((test) => ({ group, test })));
  expect(all.length).toBe(count);
  return all;
};
const label = ({ tcId, comment, flags }: Case) => `${tcId} ${flags.join()}: ${comment}`;

/** Checks the provider that `create` returns against Wycheproof's cases. */
export function wycheproofCases(title: string, create: () => Crypto | Promise<Crypto>): void {
  describe(`${title} and Wycheproof`, () => {
    let crypto: Crypto;
    beforeAll(async () => {
      crypto = await create();
    });

    it("ed25519: gives all 151 verdicts", () => {
      for (const { group, test } of cases("ed25519", 151))
        expect(
          crypto.ed25519.verify(fromHex(group.publicKey.pk), hex(test, "msg"), hex(test, "sig")),
          label(test),
        ).toBe(test.result === "valid");
    });

    it("ed25519: differs as a vote in one verdict, on an R that ZIP-215 allows", () => {
      const all = cases("ed25519", 151);
      const items = all.map(({ group, test }) => ({
        publicKey: fromHex(group.publicKey.pk),
        message: hex(test, "msg"),
        signature: hex(test, "sig"),
      }));
      const votes = [...crypto.ed25519.verifyVotes(items, items.length)];
      const differing = all.filter(({ test }, i) => votes[i] !== (test.result === "valid"));
      expect(differing.map(({ test }) => test.comment)).toEqual([
        expect.stringMatching(/^R encodes y = 1 with the sign bit of x set\./),
      ]);
    });

    it("secp256k1: gives all 252 verdicts, but refuses a high s", () => {
      for (const { group, test } of cases("ecdsa_secp256k1_sha256_p1363", 252)) {
        const key = fromHex(group.publicKey.uncompressed);
        const signature = hex(test, "sig");
        const hash = crypto.sha256(hex(test, "msg"));
        const highS = BigInt(`0x0${toHex(signature.subarray(32))}`) > halfOrder;
        const expected = test.result === "valid" && !highS;
        expect(crypto.secp256k1.verify(key, hash, signature), label(test)).toBe(expected);
        const recovered = [0, 1, 2, 3].map((v) =>
          crypto.secp256k1.recover(hash, concat(signature, Uint8Array.of(v))),
        );
        const compressed = toHex(concat(Uint8Array.of(2 + ((key[64] as number) & 1)), key.subarray(1, 33)));
        expect(recovered.filter((one) => one && toHex(one) === compressed).length, label(test)).toBe(
          expected ? 1 : 0,
        );
      }
    });

    it("P-256: gives all 262 verdicts", () => {
      for (const { group, test } of cases("ecdsa_secp256r1_sha256_p1363", 262))
        expect(
          crypto.p256.verify(fromHex(group.publicKey.uncompressed), hex(test, "msg"), hex(test, "sig")),
          label(test),
        ).toBe(test.result === "valid");
    });

    it("P-256: agrees on all 355 secrets, but refuses a compressed peer", () => {
      for (const { test } of cases("ecdh_secp256r1_ecpoint", 355)) {
        const peer = hex(test, "public");
        // Some scalars lack their leading zeros, or have one zero byte too many.
        const scalar = (test["private"] as string).padStart(64, "0").slice(-64);
        const shared = crypto.p256.keyPair(fromHex(scalar))?.sharedX(peer);
        const expected = test.result !== "invalid" && peer.length === 65 ? test["shared"] : undefined;
        expect(shared && toHex(shared), label(test)).toBe(expected);
      }
    });

    it("AES-GCM: gives all 316 results, for keys of 32 bytes and IVs of 12", () => {
      const badLength = expect.objectContaining({ code: "crypto/bad-length" });
      for (const { group, test } of cases("aes_gcm", 316)) {
        const [key, iv, aad] = [hex(test, "key"), hex(test, "iv"), hex(test, "aad")];
        const [text, sealed] = [hex(test, "msg"), concat(hex(test, "ct"), hex(test, "tag"))];
        if (group.keySize !== 256) {
          expect(() => crypto.aes256Gcm(key), label(test)).toThrow(badLength);
          continue;
        }
        const aead = crypto.aes256Gcm(key);
        const expected = test.result === "valid" && group.ivSize === 96 ? text : undefined;
        expect(aead.open(iv, sealed, aad), label(test)).toEqual(expected);
        if (group.ivSize !== 96) expect(() => aead.seal(iv, text, aad), label(test)).toThrow(badLength);
        else if (test.result === "valid") expect(aead.seal(iv, text, aad), label(test)).toEqual(sealed);
      }
    });
  });
}
