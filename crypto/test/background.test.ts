import type { SignedMessage } from "@pruntime/core/crypto";
import {
  type AuthoritySet,
  type BlockTarget,
  type Commit,
  type Justification,
  justificationWork,
  precommitMessage,
} from "@pruntime/core/grandpa";
import type { Work } from "@pruntime/core/work";
import { describe, expect, it } from "vitest";
import { cofactoredSignature } from "../../trusted/core/test/crypto/zip215.ts";
import { justificationCases } from "../../trusted/core/test/grandpa/cases.ts";
import { authority, bytes32, vote, voterId } from "../../trusted/core/test/grandpa/chain.ts";
import { inBackground } from "../src/background.ts";
import { type FastVerify, fastVerify } from "../src/ed25519.ts";
import { createNativeCrypto } from "../src/index.ts";

const target: BlockTarget = { hash: bytes32(1), number: 7 };
const [round, setId] = [9n, 5n];
const message = precommitMessage(target.hash, target.number, round, setId);
const openssl = fastVerify(undefined);

const signed: readonly SignedMessage[] = Array.from({ length: 200 }, (_, i) => {
  const { signature } = vote(i % 20, target);
  return { publicKey: voterId(i % 20), message, signature };
});

/** Two hundred items: the signature of every fifth is another voter's, and of every 13th is too short. */
const items = signed.map((item, i) => {
  const signature = i % 5 === 0 ? (signed[(i + 1) % 20] as SignedMessage).signature : item.signature;
  return { ...item, signature: i % 13 === 12 ? signature.subarray(1) : signature };
});
const expected = items.map((_, i) => i % 5 !== 0 && i % 13 !== 12);

/** Verifies in the background. Counts the promises, and the items that the calling thread verifies. */
async function verify(count: number, waits: boolean) {
  let [promises, here] = [0, 0];
  const counting: FastVerify = (item) => {
    here++;
    return openssl(item);
  };
  const verdicts: boolean[] = [];
  for (const verdict of inBackground(counting)(items.slice(0, count))) {
    if (typeof verdict === "boolean") verdicts.push(verdict);
    else promises++;
    if (waits) await verdict;
  }
  return { verdicts, promises, here };
}

describe("verifying in the background", () => {
  it.each([0, 1, 15, 16, 17, 63, 64, 65, 128, 129, 200])(
    "gives the verdicts of %s items in their order, whether or not the caller waits",
    async (count) => {
      expect((await verify(count, true)).verdicts).toEqual(expected.slice(0, count));
      expect((await verify(count, false)).verdicts).toEqual(expected.slice(0, count));
    },
  );

  it("verifies nothing in a calling thread that waits, and everything in one that does not", async () => {
    const wellFormed = items.filter(({ signature }) => signature.length === 64).length;
    expect(await verify(200, true)).toMatchObject({ promises: 4, here: 0 });
    expect(await verify(200, false)).toMatchObject({ promises: 1, here: wellFormed });
  });

  it("leaves a small batch to the calling thread", async () => {
    expect(await verify(15, true)).toMatchObject({ promises: 0, here: 14 });
  });
});

/** The end of a work: what it returns, or the detail of the error that it throws. */
async function ending(work: Work<unknown>, waits: boolean): Promise<unknown> {
  try {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      if (waits) await step.value;
    }
  } catch (error) {
    return (error as { readonly detail?: unknown }).detail ?? error;
  }
}

interface Given {
  readonly trusted: AuthoritySet;
  readonly target: BlockTarget;
  readonly justification: Justification;
}

/** A justification by 150 voters. Each vote that `spoil` names has a signature of that kind. */
function large(spoil: (voter: number) => "bad" | "cofactored" | undefined): Given {
  const ballots = Array.from({ length: 150 }, (_, i) => {
    const kind = spoil(i);
    const honest = { ...vote(i, target), id: authority(i).id };
    if (kind === "bad") return { ...honest, signature: vote(i + 1, target).signature };
    if (kind === undefined) return honest;
    const { publicKey, signature } = cofactoredSignature(BigInt(1000 + i), BigInt(2000 + i), message);
    return { ...honest, signature, id: publicKey };
  });
  const commit: Commit = {
    round,
    targetHash: target.hash,
    targetNumber: target.number,
    precommits: ballots,
  };
  const authorities = ballots.map(({ id }) => ({ id, weight: 1n }));
  return { trusted: { setId, authorities }, target, justification: { ...commit, votesAncestries: [] } };
}

const generated: readonly (readonly [string, Given])[] = [
  ["no bad vote", large(() => undefined)],
  ...[0, 1, 63, 64, 65, 127, 128, 149].map((at): readonly [string, Given] => [
    `a bad vote at ${at}`,
    large((i) => (i === at ? "bad" : undefined)),
  ]),
  ["bad votes in several windows", large((i) => (i % 50 === 49 ? "bad" : undefined))],
  ["votes that only ZIP-215 accepts", large((i) => (i % 29 === 3 ? "cofactored" : undefined))],
  [
    "such votes before a bad one",
    large((i) => (i === 140 ? "bad" : i % 40 === 3 ? "cofactored" : undefined)),
  ],
];

describe("a justification whose votes are verified in the background", async () => {
  const sequential = await createNativeCrypto();
  const background = await createNativeCrypto({ background: true });
  const all = [...generated, ...justificationCases.map((given) => [given.title, given] as const)];

  it.each(all)("ends as in sequence: %s", async (_, { trusted, target, justification }) => {
    const run = (crypto: typeof sequential, waits: boolean) =>
      ending(justificationWork(crypto, trusted, target, justification), waits);
    const inSequence = await run(sequential, false);
    expect(await run(background, true)).toEqual(inSequence);
    expect(await run(background, false)).toEqual(inSequence);
  });

  it("names the first bad vote", async () => {
    const { trusted, target, justification } = large((i) => (i === 70 || i === 10 ? "bad" : undefined));
    expect(await ending(justificationWork(background, trusted, target, justification), true)).toEqual({
      code: "finality/bad-signature",
      vote: 10,
    });
  });
});
