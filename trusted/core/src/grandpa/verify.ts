/**
 * GRANDPA finality: the rules of finality-grandpa's `validate_commit` and of the node's justification
 * verifier.
 *
 * DIFF FROM the node: all votes may be above the target. The ancestry headers are a route from each vote's
 * block down to one base block. Until 2022, the node's base was the target. Since then, the base is the block
 * of the lowest vote, and the common ancestor of the votes must be the target itself. Here the base is the
 * target or the block of the lowest vote, whichever is lower, and votes for any descendant of the target
 * count. This accepts everything that either rule accepts, and it proves the same thing: more than two thirds
 * of the weight voted for the target or its descendants. Two signatures of one voter under the same vote
 * count as one vote here. The node treats them as a double vote, which counts for every block.
 *
 * As in the node, a vote by a key outside the set has no weight, but its signature and route must be valid,
 * and a header that is given twice counts as one header.
 * @see https://github.com/paritytech/polkadot-sdk/blob/2f8d2a2b875a3f08aae5dd82c09ffe65932d2e62/substrate/client/consensus/grandpa/src/justification.rs
 * @see https://github.com/paritytech/finality-grandpa/blob/89b8656272f2a0de066191a6b386adf17269d088/src/lib.rs
 */
import { equal } from "../bytes/index.ts";
import { encodeHeader, headerHash } from "../chain/index.ts";
import type { Crypto, SignedMessage } from "../crypto/index.ts";
import { complete, mapEach, type Work } from "../work/index.ts";
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

/** The block that a justification should finalize. */
export interface BlockTarget {
  readonly hash: Uint8Array;
  readonly number: number;
}

/** The weight of the votes that made a block final. */
export interface Tally {
  /** The weight of the voters for the target or its descendants, and of those that voted for two blocks. */
  readonly weight: bigint;
  /** The weight that was needed. */
  readonly threshold: bigint;
}

/**
 * The votes in a justification.
 * @limit bytes
 * @source chosen: room for two votes of each of 3,971 authorities. For a larger set, the limit rises to two
 * votes for each authority
 * @past `finality/too-many-votes`
 */
export const maxVoteBytes: number = 1 << 20;

/**
 * Checks that a justification finalizes `target` under an authority set that is already trusted.
 * @throws {@link FinalityError} at the first broken rule; the block is then not proven final
 */
export function verifyJustification(
  crypto: Pick<Crypto, "blake2b256" | "ed25519">,
  trusted: AuthoritySet,
  target: BlockTarget,
  justification: Justification,
): Tally {
  return complete(justificationWork(crypto, trusted, target, justification));
}

/** The same check as {@link verifyJustification}, in units. @throws {@link FinalityError} */
export function* justificationWork(
  crypto: Pick<Crypto, "blake2b256" | "ed25519">,
  trusted: AuthoritySet,
  target: BlockTarget,
  justification: Justification,
): Work<Tally> {
  boundHeaders(justification.votesAncestries.length);
  const links = yield* mapEach(justification.votesAncestries, hashesPerUnit, (header) => {
    return { hash: headerHash(crypto, encodeHeader(header)), parentHash: header.parentHash };
  });
  return yield* commitWork(crypto, trusted, target, justification, links);
}

/**
 * The ancestry headers of a justification that are hashed in one unit of work.
 * @limit headers
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
const hashesPerUnit = 256;
/**
 * The signatures of a justification that are verified in one unit of work.
 * @limit signatures
 * @source chosen: a second look at a signature takes milliseconds
 * @past the work pauses, and a query may run
 */
const signaturesPerUnit = 4;

/**
 * The same check as {@link verifyJustification}, for chains whose headers do not have Substrate's layout.
 * @param ancestry the links of the ancestry headers, which the caller has hashed
 * @throws {@link FinalityError}
 */
export function verifyCommit(
  crypto: Pick<Crypto, "ed25519">,
  trusted: AuthoritySet,
  target: BlockTarget,
  commit: Commit,
  ancestry: readonly AncestryLink[],
): Tally {
  return complete(commitWork(crypto, trusted, target, commit, ancestry));
}

function* commitWork(
  crypto: Pick<Crypto, "ed25519">,
  trusted: AuthoritySet,
  target: BlockTarget,
  commit: Commit,
  ancestry: readonly AncestryLink[],
): Work<Tally> {
  if (commit.targetNumber !== target.number || !equal(commit.targetHash, target.hash))
    throw new FinalityError({
      code: "finality/wrong-target",
      want: target.number,
      have: commit.targetNumber,
    });
  boundVotes(commit.precommits.length * precommitBytes, trusted);
  boundHeaders(ancestry.length);
  const tally = verifyWeight(new Ballot(trusted), commit, ancestry);
  yield;
  yield* verifySignatures(crypto, trusted, commit);
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

/**
 * The block where all routes must end: the block of the lowest vote, or the target if no vote is below the
 * target. If several votes are equally low, the first one decides.
 */
function routeBase({ targetHash, targetNumber, precommits }: Commit): Uint8Array {
  let base: Pick<SignedPrecommit, "targetHash" | "targetNumber"> = { targetHash, targetNumber };
  for (const vote of precommits) if (vote.targetNumber < base.targetNumber) base = vote;
  return base.targetHash;
}

/**
 * Checks every signature, including redundant ones and those of keys outside the set. A signature that the
 * fast verifier refuses is checked again by the rules of ZIP-215. The number of second checks is limited to
 * twice the number of authorities, because no honest round has more votes than that.
 */
function* verifySignatures(
  crypto: Pick<Crypto, "ed25519">,
  { setId, authorities }: AuthoritySet,
  { round, precommits }: Commit,
): Work<void> {
  const messages = signedMessages(precommits, round, setId);
  let vote = 0;
  for (const verdict of crypto.ed25519.verifyVotes(messages, 2 * authorities.length)) {
    if (typeof verdict !== "boolean") {
      yield verdict;
      continue;
    }
    if (!verdict) throw new FinalityError({ code: "finality/bad-signature", vote });
    if (++vote % signaturesPerUnit === 0) yield;
  }
  if (vote < messages.length) throw new FinalityError({ code: "finality/bad-signature", vote });
}

/**
 * The signed messages of the votes. Most votes are for the same block, so a message is rebuilt only when a
 * vote's target differs from the previous vote's target.
 */
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
