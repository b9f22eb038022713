import type { AuthoritySet } from "./authority.ts";
import { FinalityError } from "./error.ts";
import type { SignedPrecommit } from "./justification.ts";

/**
 * The weight of each voter in an authority set, and the vote that each has cast so far.
 *
 * As in finality-grandpa's `VoterSet::new`, the weights of several entries for one authority are added up.
 * The total must be more than 0 and fit in 64 bits.
 * @see https://github.com/paritytech/finality-grandpa/blob/0958168a1193ac7f03c0eda633a14f8872f79a1b/src/voter_set.rs
 */
export class Ballot {
  /**
   * Total weight − ⌊(total − 1) / 3⌋. Two conflicting blocks cannot both reach this weight while the faulty
   * voters have less than a third of the total.
   */
  readonly threshold: bigint;
  readonly #voters = new Map<string, Voter>();

  /** @throws {@link FinalityError} `finality/weight-overflow`, `finality/empty-set` */
  constructor({ setId, authorities }: AuthoritySet) {
    let total = 0n;
    for (const { id, weight } of authorities) {
      total += weight;
      const voter = this.#voters.get(bytesKey(id));
      if (voter === undefined) this.#voters.set(bytesKey(id), { weight, vote: undefined, supports: false });
      else voter.weight += weight;
    }
    if (total >> 64n !== 0n) throw new FinalityError({ code: "finality/weight-overflow", setId });
    if (total === 0n) throw new FinalityError({ code: "finality/empty-set", setId });
    this.threshold = total - (total - 1n) / 3n;
  }

  /**
   * Counts a vote. A key outside the set has no weight, and a repeated vote counts once. A voter that votes
   * for two blocks in one round is faulty. As in `Round::import_precommit`, its weight then counts for every
   * block.
   * @param supports whether the vote is for the target or for a descendant of the target
   */
  cast(vote: SignedPrecommit, supports: boolean): void {
    const voter = this.#voters.get(bytesKey(vote.id));
    if (voter === undefined) return;
    if (voter.vote === undefined) {
      voter.vote = vote;
      voter.supports = supports;
    } else if (!sameTarget(voter.vote, vote)) voter.supports = true;
  }

  /**
   * The weight of the voters that support the target, including those that voted for two blocks. Each voter
   * counts once.
   */
  support(): bigint {
    let weight = 0n;
    for (const voter of this.#voters.values()) if (voter.supports) weight += voter.weight;
    return weight;
  }
}

/**
 * Checks that a set is able to finalize a block.
 * @throws {@link FinalityError} `finality/empty-set`, `finality/weight-overflow`
 */
export function assertUsableSet(set: AuthoritySet): void {
  new Ballot(set);
}

interface Voter {
  weight: bigint;
  vote: SignedPrecommit | undefined;
  supports: boolean;
}

function sameTarget(a: SignedPrecommit, b: SignedPrecommit): boolean {
  return a.targetNumber === b.targetNumber && bytesKey(a.targetHash) === bytesKey(b.targetHash);
}

/** Bytes as a map key, with one Latin-1 character for each byte. */
export function bytesKey(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
