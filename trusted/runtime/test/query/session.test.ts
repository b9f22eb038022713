import { portableCrypto } from "@pruntime/core/crypto";
import { expect, it } from "vitest";
import { nonceLimits } from "../../src/query/nonces.ts";
import { QuerySession } from "../../src/query/session.ts";
import { countingRandom } from "../support/worker.ts";

it("a new query key replaces the key whose nonces of one block fill the memory", () => {
  const session = new QuerySession(portableCrypto, countingRandom());
  const { keyPair, keyId } = session;
  const nonce = (i: number) => Uint8Array.of(i, i >> 8, i >> 16, i >> 24);
  const ask = (i: number) => session.admit(7, { account: nonce(i >> 12), nonce: nonce(i), issuedAt: 7 });
  for (let i = 0; i < nonceLimits.all; i++) ask(i);
  expect(session.keyPair).toBe(keyPair);
  ask(nonceLimits.all);
  expect(session.keyPair).not.toBe(keyPair);
  expect(session.keyId).not.toEqual(keyId);
  expect(session.keyPair.publicKey).not.toEqual(keyPair.publicKey);
  ask(0);
});
