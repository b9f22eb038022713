/**
 * What a warp-sync proof proves to somebody who trusts one authority set.
 *
 * DIFF FROM the node: a change that is announced with a delay does not end its set at the announcement; forced changes are refused; blocks
 * must ascend.
 *
 * Headers between the fragments are not seen. A change that one of them announces for after the last fragment is therefore unknown, and so is
 * whether they changed the runtime: what was read from its code before must be proven anew.
 * @see https://github.com/paritytech/polkadot-sdk/blob/06b288ad328da5c3996b29a85c4d8f5482f179ef/substrate/client/consensus/grandpa/src/warp_proof.rs
 */
import { equal } from "../bytes/index.ts";
import { headerHash } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { type AuthoritySet, verifyJustification } from "../grandpa/index.ts";
import {
  type FinalizedHeader,
  followChanges,
  type LightClient,
  LightClientError,
  type PendingChange,
  toFinalized,
} from "../light-client/index.ts";
import { WarpError } from "./error.ts";
import type { WarpFragment, WarpProof } from "./proof.ts";

/** Where a proof leads. */
export interface WarpEnd {
  readonly finalized: FinalizedHeader;
  /** Who finalizes the next block. */
  readonly authorities: AuthoritySet;
  /** Announced by the last header for a later block: at most one. */
  readonly pending: readonly PendingChange[];
}

type VerifyCrypto = Pick<Crypto, "blake2b256" | "ed25519">;

/**
 * Follows a proof from an authority set that is already trusted.
 * @throws {@link WarpError} @throws FinalityError @throws LightClientError `headers/overlapping-change`, `headers/beyond-set-change`
 * @throws CodecError for an announcement that cannot be read
 */
export function verifyWarpProof(crypto: VerifyCrypto, trusted: AuthoritySet, proof: WarpProof): WarpEnd {
  let end: Start = { finalized: undefined, authorities: trusted, pending: [] };
  proof.fragments.forEach((fragment, index) => {
    end = follow(crypto, end, proof, fragment, index);
  });
  const { finalized, authorities, pending } = end;
  if (finalized === undefined) throw new WarpError({ code: "warp/empty" });
  return { finalized, authorities, pending };
}

/**
 * Moves a light client ahead by a proof, the blocks between unseen. Fragments of blocks before its last final one are skipped, and a proof of
 * nothing else changes nothing.
 * @throws {@link LightClientError} `headers/conflicts-finalized` when the proof is of another fork or chain; and all that
 * {@link verifyWarpProof} throws
 */
export function advanceByWarpProof(
  crypto: VerifyCrypto,
  trusted: LightClient,
  proof: WarpProof,
): LightClient {
  if (proof.fragments.length === 0) throw new WarpError({ code: "warp/empty" });
  let end: WarpEnd = trusted;
  proof.fragments.forEach((fragment, index) => {
    const { number } = fragment.header;
    if (
      number === trusted.finalized.number &&
      !equal(headerHash(crypto, fragment.encodedHeader), trusted.finalized.hash)
    )
      throw new LightClientError({ code: "headers/conflicts-finalized", number });
    if (number > trusted.finalized.number || end !== trusted)
      end = follow(crypto, end, proof, fragment, index);
  });
  const { finalized, authorities, pending } = end;
  return end === trusted ? trusted : { genesisHash: trusted.genesisHash, finalized, authorities, pending };
}

/** Before the first fragment no block needs to be known. */
type Start = Omit<WarpEnd, "finalized"> & { readonly finalized: FinalizedHeader | undefined };

function follow(
  crypto: VerifyCrypto,
  before: Start,
  { fragments, isFinished }: WarpProof,
  { header, encodedHeader, justification }: WarpFragment,
  fragment: number,
): WarpEnd {
  const { number } = header;
  if (before.finalized !== undefined && number <= before.finalized.number)
    throw new WarpError({
      code: "warp/not-ascending",
      fragment,
      after: before.finalized.number,
      have: number,
    });
  const hash = headerHash(crypto, encodedHeader);
  const change = followChanges(before.pending[0], [{ header, hash }], number);
  verifyJustification(crypto, before.authorities, { hash, number }, justification);
  const finalized = toFinalized({ header, hash });
  if (change?.enactsAt === number) {
    const authorities = { setId: before.authorities.setId + 1n, authorities: change.authorities };
    return { finalized, authorities, pending: [] };
  }
  if (fragment !== fragments.length - 1 || !isFinished)
    throw new WarpError({ code: "warp/no-set-change", fragment });
  return { finalized, authorities: before.authorities, pending: change === undefined ? [] : [change] };
}
