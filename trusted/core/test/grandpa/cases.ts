/** Cases for each rule of `verifyJustification`, published as `vectors/grandpa/justifications.json`. */
import {
  type AuthoritySet,
  type Justification,
  precommitMessage,
  type SignedPrecommit,
} from "../../src/grandpa/index.ts";
import {
  authority,
  authoritySet,
  type Block,
  child,
  genesis,
  grow,
  justification,
  round,
  signedBy,
  unanimous,
  vote,
} from "./chain.ts";

export interface Case {
  readonly title: string;
  readonly trusted: AuthoritySet;
  readonly target: Pick<Block, "hash" | "number">;
  readonly justification: Justification;
  /** `accept` or an error code. */
  readonly expect: string;
}

const [b1, b2, b3, b4] = grow(genesis(), 4) as [Block, Block, Block, Block];
const fork3 = child(b2, { fork: 1 });
const fork4 = child(fork3, { fork: 1 });
const fork2 = child(b1, { fork: 2 });
const four = authoritySet(4);

const neutralPoint = Uint8Array.of(1, ...new Uint8Array(31));

function neutralVote(target: Block): SignedPrecommit {
  const signature = Uint8Array.of(...neutralPoint, ...new Uint8Array(32));
  return { targetHash: target.hash, targetNumber: target.number, signature, id: neutralPoint };
}

const accepted: readonly (readonly [string, Justification, AuthoritySet?])[] = [
  ["three of four authorities", unanimous(b2, 3)],
  ["all authorities", unanimous(b2, 4)],
  ["a set of one", unanimous(b2, 1), authoritySet(1)],
  [
    "votes for descendants, with the headers that lead to the target",
    justification(b2, [vote(0, b2), vote(1, b3), vote(2, b4)], [b4, b3]),
  ],
  [
    "votes above the target only, on forks",
    justification(b2, [vote(0, b4), vote(1, fork4), vote(2, fork3)], [b3, fork3, b4, fork4]),
  ],
  [
    "a vote below the target: it is the base of the routes",
    justification(b2, [vote(0, b1), vote(1, b2), vote(2, b2), vote(3, b3)], [b2, b3]),
  ],
  [
    "a vote for a sibling of the target, above the base",
    justification(
      b2,
      [vote(0, b1), vote(1, fork2), ...[2, 3, 4, 5, 6].map((voter) => vote(voter, b2))],
      [b2, fork2],
    ),
    authoritySet(7),
  ],
  ["an ancestry header given twice", justification(b2, [vote(0, b2), vote(1, b3), vote(2, b3)], [b3, b3])],
  [
    "a vote given twice besides enough others",
    justification(b2, [vote(0, b2), vote(0, b2), vote(1, b2), vote(2, b2)]),
  ],
  ["a stranger's good vote besides enough others", unanimous(b2, 4), authoritySet(3)],
  [
    "a voter who voted for the target and another block",
    justification(b2, [vote(0, b2), vote(1, b2), vote(2, b3), vote(2, b2)], [b3]),
  ],
  [
    "a voter who voted for two other blocks counts for every block",
    justification(b2, [vote(0, b2), vote(1, b2), vote(2, b1), vote(2, fork2)], [b2, fork2]),
  ],
  [
    "a voter who voted for two other blocks of one number, too",
    justification(b3, [vote(0, b3), vote(1, b3), vote(2, b2), vote(2, fork2), vote(3, b1)], [b3, b2, fork2]),
  ],
  [
    "a voter who voted for one other block under two numbers, too",
    justification(b2, [vote(0, b2), vote(1, b2), vote(2, b1), vote(2, b1, { number: 7 })], [b2]),
  ],
  [
    "a vote that ZIP-215 accepts and RFC 8032 need not: key and nonce are the neutral point",
    justification(b2, [vote(0, b2), vote(1, b2), neutralVote(b2)]),
    { setId: 5n, authorities: [...authoritySet(3).authorities, { id: neutralPoint, weight: 1n }] },
  ],
  [
    "weight, not heads: one authority with three of four",
    unanimous(b2, 1),
    { setId: 5n, authorities: [authority(0, 3n), authority(1)] },
  ],
  [
    "an authority listed twice has both weights",
    unanimous(b2, 1),
    { setId: 5n, authorities: [authority(0), authority(0), authority(0, 2n)] },
  ],
  [
    "an authority without weight may vote",
    unanimous(b2, 2),
    { setId: 5n, authorities: [authority(0), authority(1, 0n)] },
  ],
  [
    "more than two votes per authority",
    justification(
      b2,
      [0, 1, 2].flatMap((voter) => new Array<SignedPrecommit>(3).fill(vote(voter, b2))),
    ),
  ],
  [
    "total weight of all 64 bits",
    unanimous(b2, 1),
    { setId: 5n, authorities: [authority(0, 2n ** 64n - 2n), authority(1)] },
  ],
];

const threeVotes = [vote(0, b2), vote(1, b2), vote(2, b2)];

const refused: readonly (readonly [code: string, string, Justification, AuthoritySet?])[] = [
  ["finality/empty-set", "no authorities", justification(b2, []), { setId: 5n, authorities: [] }],
  ["finality/empty-set", "no weight", unanimous(b2, 1), { setId: 5n, authorities: [authority(0, 0n)] }],
  [
    "finality/weight-overflow",
    "weights above 64 bits",
    unanimous(b2, 2),
    { setId: 5n, authorities: [authority(0, 2n ** 64n - 1n), authority(1)] },
  ],
  [
    "finality/no-route",
    "a header on the way is missing",
    justification(b2, [vote(0, b2), vote(1, b2), vote(2, b4)], [b4]),
  ],
  [
    "finality/no-route",
    "the last header on the way is missing",
    justification(b2, [vote(0, b2), vote(1, b2), vote(2, b4)], [b3]),
  ],
  [
    "finality/no-route",
    "one vote on another fork",
    justification(b2, [...threeVotes, vote(3, fork2)], [fork2]),
  ],
  [
    "finality/no-route",
    "a vote below the target, no way down to it",
    justification(b2, [...threeVotes, vote(3, b1)]),
  ],
  [
    "finality/no-route",
    "two lowest votes on different forks",
    justification(b3, [vote(0, b2), vote(1, b3), vote(2, b3), vote(3, fork2)], [b3]),
  ],
  [
    "finality/no-route",
    "a stranger's vote leads nowhere",
    justification(b2, [...threeVotes, vote(9, fork2)]),
  ],
  ["finality/unused-header", "a header above all votes", justification(b2, threeVotes, [b3])],
  [
    "finality/unused-header",
    "the target's own header where it is the base",
    justification(b2, threeVotes, [b2]),
  ],
  [
    "finality/unused-header",
    "a header of another fork",
    justification(b2, [...threeVotes, vote(3, b3)], [b3, fork2]),
  ],
  ["finality/below-threshold", "no votes", justification(b2, [])],
  ["finality/below-threshold", "two of four authorities", unanimous(b2, 2)],
  ["finality/below-threshold", "two of three authorities", unanimous(b2, 2), authoritySet(3)],
  [
    "finality/below-threshold",
    "one authority votes three times",
    justification(b2, [vote(0, b2), vote(0, b2), vote(0, b2)]),
  ],
  [
    "finality/below-threshold",
    "a voter for two blocks counts once",
    justification(b2, [vote(0, b2), vote(1, b2), vote(1, b3)], [b3]),
  ],
  [
    "finality/below-threshold",
    "a stranger's vote does not count",
    justification(b2, [vote(0, b2), vote(1, b2), vote(9, b2)]),
  ],
  [
    "finality/below-threshold",
    "votes below the target do not count",
    justification(b2, [vote(0, b1), vote(1, b2), vote(2, b2)], [b2]),
  ],
  [
    "finality/below-threshold",
    "votes for a sibling do not count",
    justification(b2, [vote(0, b1), vote(1, b2), vote(2, b2), vote(3, fork2)], [b2, fork2]),
  ],
  [
    "finality/below-threshold",
    "the same vote twice is not a double vote",
    justification(b2, [vote(0, b2), vote(1, b2), vote(2, b1), vote(2, b1)], [b2]),
  ],
  [
    "finality/below-threshold",
    "no weight, no vote",
    unanimous(b2, 3),
    { setId: 5n, authorities: [...authoritySet(2).authorities, authority(2, 0n), authority(3)] },
  ],
  [
    "finality/below-threshold",
    "weight, not heads: one of four",
    unanimous(b2, 3),
    { setId: 5n, authorities: [...authoritySet(3).authorities, authority(3, 9n)] },
  ],
  [
    "finality/bad-signature",
    "signed for another round",
    justification(b2, [vote(0, b2), vote(1, b2), vote(2, b2, { round: 8n })]),
  ],
  ["finality/bad-signature", "signed for the set before", unanimous(b2, 3, 4n)],
  ["finality/bad-signature", "signed for the set after", unanimous(b2, 3, 6n)],
  [
    "finality/bad-signature",
    "signed for another block",
    justification(b2, [vote(0, b2), vote(1, b2), { ...vote(2, b3), targetHash: b2.hash, targetNumber: 2 }]),
  ],
  [
    "finality/bad-signature",
    "a number other than the signed one",
    justification(b2, [vote(0, b2), vote(1, b2), { ...vote(2, b2), targetNumber: 3 }]),
  ],
  [
    "finality/bad-signature",
    "another authority's signature",
    justification(b2, [vote(0, b2), vote(1, b2), stolen(vote(1, b2), vote(2, b2))]),
  ],
  [
    "finality/bad-signature",
    "a prevote is not a precommit",
    justification(b2, [vote(0, b2), vote(1, b2), prevote(2, b2)]),
  ],
  [
    "finality/bad-signature",
    "a bad vote besides enough good ones",
    justification(b2, [...threeVotes, stolen(vote(1, b2), vote(3, b2))]),
  ],
  [
    "finality/bad-signature",
    "a stranger's bad vote besides enough good ones",
    justification(b2, [...threeVotes, stolen(vote(1, b2), vote(9, b2))]),
  ],
];

function stolen(from: SignedPrecommit, to: SignedPrecommit): SignedPrecommit {
  return { ...to, signature: from.signature };
}

/** A vote whose signature is valid for a prevote, and therefore not for a precommit. */
function prevote(voter: number, target: Block): SignedPrecommit {
  const message = precommitMessage(target.hash, target.number, round, 5n);
  message[0] = 0;
  return { ...vote(voter, target), signature: signedBy(voter, message) };
}

function targetOf(given: Justification): Case["target"] {
  return { hash: given.targetHash, number: given.targetNumber };
}

export const justificationCases: readonly Case[] = [
  ...accepted.map(([title, given, trusted = four]) => {
    return { title, trusted, target: targetOf(given), justification: given, expect: "accept" };
  }),
  {
    title: "another hash",
    trusted: four,
    target: fork2,
    justification: unanimous(b2, 4),
    expect: "finality/wrong-target",
  },
  {
    title: "another number",
    trusted: four,
    target: { hash: b2.hash, number: 3 },
    justification: unanimous(b2, 4),
    expect: "finality/wrong-target",
  },
  ...refused.map(([expect, title, given, trusted = four]) => {
    return { title, trusted, target: targetOf(given), justification: given, expect };
  }),
];
