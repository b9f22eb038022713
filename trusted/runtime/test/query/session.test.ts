import { portableCrypto } from "@pruntime/core/crypto";
import { expect, it } from "vitest";
import { QuerySession } from "../../src/query/session.ts";
import { countingRandom } from "../support/worker.ts";

it("a new query key replaces the key whose nonces of one block fill the memory", () => {
  const limits = { perAccount: 16, all: 256 };
  const session = new QuerySession(portableCrypto, countingRandom(), limits);
  const { keyPair, keyId } = session;
  const nonce = (i: number) => Uint8Array.of(i, i >> 8, i >> 16, i >> 24);
  const ask = (i: number) => session.remember(7, { account: nonce(i >> 4), nonce: nonce(i), issuedAt: 7 });
  for (let i = 0; i < limits.all; i++) ask(i);
  expect(session.keyPair).toBe(keyPair);
  ask(limits.all);
  expect(session.keyPair).not.toBe(keyPair);
  expect(session.keyId).not.toEqual(keyId);
  expect(session.keyPair.publicKey).not.toEqual(keyPair.publicKey);
  ask(0);
});
