/**
 * GRANDPA finality: the rules of finality-grandpa's `validate_commit` and of the node's justification verifier.
 *
 * DIFF FROM the node: votes may all be above the target. Until 2022 the base of the routes was the target, since then it is the lowest
 * vote, and the votes' common block must be the target itself. Here the base is the lower of the two, and votes for any
 * descendant count, which accepts what either accepted and proves the same thing: more than two thirds voted for the target or its descendants.
 * Two signatures of one voter under the same vote are one vote, where the node sees a double vote that counts for every block.
 *
 * Like there, a vote by a stranger carries no weight, yet its signature and route must be good, and a header given twice is one header.
 * @see https://github.com/paritytech/polkadot-sdk/blob/2f8d2a2b875a3f08aae5dd82c09ffe65932d2e62/substrate/client/consensus/grandpa/src/justification.rs
 * @see https://github.com/paritytech/finality-grandpa/blob/89b8656272f2a0de066191a6b386adf17269d088/src/lib.rs
 */
import { equal } from "../bytes/index.ts";
import { encodeHeader, headerHash } from "../chain/index.ts";
import type { Crypto, SignedMessage } from "../crypto/index.ts";
import { Ancestry, type AncestryLink } from "./ancestry.ts";
import type { AuthoritySet } from "./authority.ts";
import { FinalityError } from "./error.ts";
import {
  type Commit,
  type Justification,
  maxAncestryHeaders,
  precommitBytes,
  precommitMessage,
  type SignedPrecommit,
} from "./justification.ts";
import { Ballot } from "./voters.ts";

export interface BlockTarget {
  readonly hash: Uint8Array;
  readonly number: number;
}

/** How a block became final. */
export interface Tally {
  /** Of those who voted for the target or its descendants. */
  readonly weight: bigint;
  /** What was needed. */
  readonly threshold: bigint;
}

/**
 * The most bytes of votes that any justification may hold. A justification under an authority set so large that
 * two votes of each authority need more may hold those.
 */
export const maxVoteBytes: number = 1 << 20;

/**
 * Checks that a justification makes `target` final under an authority set that is already trusted.
 * @throws {@link FinalityError} at the first broken rule; nothing is then final
 */
export function verifyJustification(
  crypto: Pick<Crypto, "blake2b256" | "ed25519">,
  trusted: AuthoritySet,
  target: BlockTarget,
  justification: Justification,
): Tally {
  boundHeaders(justification.votesAncestries.length);
  const links = justification.votesAncestries.map((header) => {
    return { hash: headerHash(crypto, encodeHeader(header)), parentHash: header.parentHash };
  });
  return verifyCommit(crypto, trusted, target, justification, links);
}

/**
 * {@link verifyJustification} for chains whose headers have another layout. @param ancestry hashed by the caller
 * @throws {@link FinalityError}
 */
export function verifyCommit(
  crypto: Pick<Crypto, "ed25519">,
  trusted: AuthoritySet,
  target: BlockTarget,
  commit: Commit,
  ancestry: readonly AncestryLink[],
): Tally {
  if (commit.targetNumber !== target.number || !equal(commit.targetHash, target.hash))
    throw new FinalityError({
      code: "finality/wrong-target",
      want: target.number,
      have: commit.targetNumber,
    });
  boundVotes(commit.precommits.length * precommitBytes, trusted);
  boundHeaders(ancestry.length);
  const tally = verifyWeight(new Ballot(trusted), commit, ancestry);
  verifySignatures(crypto, trusted, commit);
  return tally;
}

function boundVotes(have: number, { authorities }: AuthoritySet): void {
  const limit = Math.max(maxVoteBytes, 2 * authorities.length * precommitBytes);
  if (have > limit) throw new FinalityError({ code: "finality/too-many-votes", have, limit });
}

function boundHeaders(have: number): void {
  if (have > maxAncestryHeaders)
    throw new FinalityError({ code: "finality/too-many-headers", have, limit: maxAncestryHeaders });
}

function verifyWeight(ballot: Ballot, commit: Commit, links: readonly AncestryLink[]): Tally {
  const ancestry = new Ancestry(links, routeBase(commit), commit.targetHash);
  commit.precommits.forEach((precommit, vote) => {
    const supports = ancestry.supports(precommit.targetHash);
    if (supports === undefined) throw new FinalityError({ code: "finality/no-route", vote });
    ballot.cast(precommit, supports);
  });
  ancestry.assertAllUsed();
  const [weight, { threshold }] = [ballot.support(), ballot];
  if (weight < threshold)
    throw new FinalityError({ code: "finality/below-threshold", weight, need: threshold });
  return { weight, threshold };
}

/** Where all routes must end: the first of the lowest votes, or the target if that is not above it. */
function routeBase({ targetHash, targetNumber, precommits }: Commit): Uint8Array {
  let base: Pick<SignedPrecommit, "targetHash" | "targetNumber"> = { targetHash, targetNumber };
  for (const vote of precommits) if (vote.targetNumber < base.targetNumber) base = vote;
  return base.targetHash;
}

/**
 * Checks every signature, including a stranger's and a redundant one. The ZIP-215 verifier looks at as many
 * refused ones as an honest round can have: two votes of each authority.
 */
function verifySignatures(
  crypto: Pick<Crypto, "ed25519">,
  { setId, authorities }: AuthoritySet,
  { round, precommits }: Commit,
): void {
  const messages = signedMessages(precommits, round, setId);
  const verdicts = crypto.ed25519.verifyAll(messages, 2 * authorities.length);
  const vote = precommits.findIndex((_, i) => verdicts[i] !== true);
  if (vote >= 0) throw new FinalityError({ code: "finality/bad-signature", vote });
}

/** Most votes are for one block: the message is made anew only where the target differs from the vote before. */
function signedMessages(
  precommits: readonly SignedPrecommit[],
  round: bigint,
  setId: bigint,
): SignedMessage[] {
  let last: SignedPrecommit | undefined;
  let message: Uint8Array = new Uint8Array();
  return precommits.map((vote) => {
    const same =
      last?.targetNumber === vote.targetNumber &&
      (last.targetHash === vote.targetHash || equal(last.targetHash, vote.targetHash));
    if (!same) message = precommitMessage(vote.targetHash, vote.targetNumber, round, setId);
    last = vote;
    return { publicKey: vote.id, message, signature: vote.signature };
  });
}
