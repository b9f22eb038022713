import { expect, it } from "vitest";
import { consentHash } from "../../src/attestation/index.ts";
import { concat, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";

it("a consent covers the chain and the commitment, under a tag of its own", () => {
  const [genesisHash, commitment] = [new Uint8Array(32).fill(5), new Uint8Array(32).fill(6)];
  const message = concat(utf8("pruntime/handover/consent/1"), genesisHash, commitment);
  expect(consentHash(crypto, genesisHash, commitment)).toEqual(crypto.sha256(message));
});
