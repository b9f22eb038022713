import { concat } from "@pruntime/core/bytes";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { expect, it } from "vitest";
import { smallOrderEncodings } from "../../../trusted/core/test/crypto/zip215.ts";
import { isSignedBySigner, type SignedContext } from "../src/runtime/signature.ts";

const crypto = await createNativeCrypto();

const context = {
  version: { specVersion: 1, transactionVersion: 1 },
  genesisHash: new Uint8Array(32),
  birthHash: new Uint8Array(32),
} as SignedContext;

it("an extrinsic is not signed by an account of small order, for which anyone can sign", () => {
  for (const signer of smallOrderEncodings) {
    const extrinsic = {
      encoded: new Uint8Array(),
      signer,
      signature: { kind: "ed25519", bytes: concat(signer, new Uint8Array(32)) },
      era: { kind: "immortal" },
      nonce: 0,
      tip: 0n,
      coversMetadata: false,
      extra: new Uint8Array(),
      call: new Uint8Array(),
    } as const;
    expect(isSignedBySigner(crypto, extrinsic, context)).toBe(false);
  }
});
