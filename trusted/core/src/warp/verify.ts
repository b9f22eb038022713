/**
 * Verifies a warp-sync proof from one trusted authority set.
 *
 * DIFF FROM the node: if an authority change is announced with a delay, the current set does not end at the
 * announcement. Forced changes are refused. Block numbers must increase from fragment to fragment.
 *
 * The verifier does not see the headers between the fragments, except those in a fragment's `before`. It
 * therefore cannot know whether an unseen header announces a change for a block after the last fragment, or
 * whether an unseen block upgrades the runtime. The caller must prove again whatever it has read from the
 * runtime's code.
 * @see https://github.com/paritytech/polkadot-sdk/blob/06b288ad328da5c3996b29a85c4d8f5482f179ef/substrate/client/consensus/grandpa/src/warp_proof.rs
 */
import { equal } from "../bytes/index.ts";
import { decodeHeader, headerHash } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { type AuthoritySet, verifyJustification } from "../grandpa/index.ts";
import {
  type FinalizedHeader,
  followChanges,
  type HashedHeader,
  type LightClient,
  LightClientError,
  type PendingChange,
  toFinalized,
} from "../light-client/index.ts";
import { WarpError } from "./error.ts";
import type { WarpFragment, WarpProof } from "./proof.ts";

/** The last block of a proof, and the authorities after that block. */
export interface WarpEnd {
  readonly finalized: FinalizedHeader;
  /** The authorities that finalize the next block. */
  readonly authorities: AuthoritySet;
  /** The announced authority change that has not taken effect yet. At most one change is pending. */
  readonly pending: readonly PendingChange[];
}

type VerifyCrypto = Pick<Crypto, "blake2b256" | "ed25519">;

/**
 * Follows a proof from an authority set that is already trusted.
 * @throws {@link WarpError}
 * @throws FinalityError
 * @throws LightClientError `headers/overlapping-change`, `headers/beyond-set-change`
 * @throws CodecError for an announcement or a header in `before` that does not decode
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
 * Moves a light client forward by a proof, without the headers in between. Skips the fragments at the start
 * whose blocks are not above the latest finalized block. A proof that contains only such
 * fragments changes nothing.
 * @throws {@link LightClientError} `headers/conflicts-finalized` if the block of a fragment has the number of
 * the latest finalized block but a different hash; and all errors of {@link verifyWarpProof}
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

/** The state before a fragment. Before the first fragment, the finalized block may be unknown. */
type Start = Omit<WarpEnd, "finalized"> & { readonly finalized: FinalizedHeader | undefined };

function follow(
  crypto: VerifyCrypto,
  before: Start,
  { fragments, isFinished }: WarpProof,
  given: WarpFragment,
  fragment: number,
): WarpEnd {
  const { header, encodedHeader, justification } = given;
  const { number } = header;
  const hash = headerHash(crypto, encodedHeader);
  const headers = [...headersBefore(crypto, given, fragment), { header, hash }];
  const have = headers[0]?.header.number ?? number;
  if (before.finalized !== undefined && have <= before.finalized.number)
    throw new WarpError({ code: "warp/not-ascending", fragment, after: before.finalized.number, have });
  const change = followChanges(before.pending[0], headers, number);
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

/** Decodes the headers in `before`, and checks that each of them is the parent of the header above it. */
function headersBefore(
  crypto: Pick<Crypto, "blake2b256">,
  { header, before = [] }: WarpFragment,
  fragment: number,
): HashedHeader[] {
  const headers: HashedHeader[] = [];
  let next = header;
  for (const encoded of before.toReversed()) {
    const hashed = { header: decodeHeader(encoded), hash: headerHash(crypto, encoded) };
    if (!equal(hashed.hash, next.parentHash) || hashed.header.number !== next.number - 1)
      throw new WarpError({ code: "warp/not-linked", fragment, number: next.number });
    headers.push(hashed);
    next = hashed.header;
  }
  return headers.reverse();
}
