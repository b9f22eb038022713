/**
 * Tests votes that only ZIP-215 accepts. OpenSSL and libsodium refuse such votes, so the portable verifier
 * must check each of these votes again.
 */
import { type BlockTarget, precommitMessage, verifyCommit } from "@pruntime/core/grandpa";
import { expect, it } from "vitest";
import { cofactoredSignature } from "../../trusted/core/test/crypto/zip215.ts";
import { authority, bytes32, vote } from "../../trusted/core/test/grandpa/chain.ts";
import { createNativeCrypto } from "../src/index.ts";

const target: BlockTarget = { hash: bytes32(1), number: 7 };
const round = 9n;
const setId = 5n;

/**
 * A set of `total` authorities, and a commit with a vote of each. The signatures of the first `odd` votes are
 * valid only under ZIP-215.
 */
function votes(total: number, odd: number) {
  const message = precommitMessage(target.hash, target.number, round, setId);
  const ballots = Array.from({ length: total }, (_, i) => {
    if (i >= odd) return { id: authority(i).id, vote: vote(i, target) };
    const { publicKey, signature } = cofactoredSignature(BigInt(1000 + i), BigInt(2000 + i), message);
    const cast = { targetHash: target.hash, targetNumber: target.number, signature, id: publicKey };
    return { id: publicKey, vote: cast };
  });
  return {
    trusted: { setId, authorities: ballots.map(({ id }) => ({ id, weight: 1n })) },
    commit: {
      round,
      targetHash: target.hash,
      targetNumber: target.number,
      precommits: ballots.map((ballot) => ballot.vote),
    },
  };
}

it.each([
  ["OpenSSL", {}],
  ["libsodium", { addons: true }],
  ["threads", { background: true }],
])(
  "finality is reached if just under a third of the votes are valid only under ZIP-215: %s",
  async (_, options) => {
    const { trusted, commit } = votes(100, 33);
    expect(verifyCommit(await createNativeCrypto(options), trusted, target, commit, [])).toEqual({
      weight: 100n,
      threshold: 67n,
    });
  },
);
