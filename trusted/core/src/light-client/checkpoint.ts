import { equal } from "../bytes/index.ts";
import { decodeHeader, headerHash } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { type AuthoritySet, assertUsableSet } from "../grandpa/index.ts";
import { LightClientError } from "./error.ts";
import { copyAuthorities, type LightClient, type PendingChange, toFinalized } from "./light-client.ts";
import { followChanges, sameAuthorities } from "./set-change.ts";

/**
 * A final block and the authorities that finalize the next block. Nothing in a checkpoint proves that the
 * block is final. A checkpoint is only as trustworthy as its source.
 */
export interface Checkpoint {
  /** Identifies the chain, 32 bytes. */
  readonly genesisHash: Uint8Array;
  readonly encodedHeader: Uint8Array;
  readonly authorities: AuthoritySet;
  /**
   * Changes that were announced at or before the header and are not yet enacted. A valid checkpoint has at
   * most one.
   */
  readonly pending: readonly PendingChange[];
}

/**
 * Starts a light client at a checkpoint. The function checks only that the checkpoint does not contradict
 * itself, and that its authorities can finalize a block.
 * @throws {@link LightClientError} `checkpoint/wrong-genesis`, `checkpoint/zero-weight`,
 * `checkpoint/bad-pending`; `headers/authorities-mismatch` when the header enacts a set other than the
 * checkpoint's
 * @throws FinalityError `finality/empty-set`, `finality/weight-overflow`, `finality/forced-change`
 * @throws CodecError
 */
export function startFromCheckpoint(crypto: Pick<Crypto, "blake2b256">, checkpoint: Checkpoint): LightClient {
  const { genesisHash, encodedHeader, authorities: set, pending } = checkpoint;
  const [header, hash] = [decodeHeader(encodedHeader), headerHash(crypto, encodedHeader)];
  if (header.number === 0 && !equal(hash, genesisHash))
    throw new LightClientError({ code: "checkpoint/wrong-genesis", have: hash });
  assertVoters(set);
  const announced = followChanges(undefined, [{ header, hash }], header.number);
  const enacted = announced?.enactsAt === header.number ? announced : undefined;
  if (enacted !== undefined && !sameAuthorities(enacted.authorities, set.authorities))
    throw new LightClientError({ code: "headers/authorities-mismatch", number: header.number });
  verifyPending(header.number, enacted === undefined ? announced : undefined, pending);
  return {
    genesisHash: genesisHash.slice(),
    finalized: toFinalized({ header, hash }),
    authorities: { setId: set.setId, authorities: copyAuthorities(set.authorities) },
    pending: pending.map((change) => ({ ...change, authorities: copyAuthorities(change.authorities) })),
  };
}

function assertVoters(set: AuthoritySet): void {
  assertUsableSet(set);
  const authority = set.authorities.findIndex(({ weight }) => weight === 0n);
  if (authority >= 0) throw new LightClientError({ code: "checkpoint/zero-weight", authority });
}

/** @param announced the change that the checkpoint's own header announces for a later block */
function verifyPending(
  number: number,
  announced: PendingChange | undefined,
  pending: readonly PendingChange[],
): void {
  const bad = new LightClientError({ code: "checkpoint/bad-pending", number });
  const [change] = pending;
  if (pending.length > 1) throw bad;
  if (change !== undefined && !(change.announcedAt <= number && number < change.enactsAt)) throw bad;
  if (announced !== undefined && !(change !== undefined && sameChange(announced, change))) throw bad;
}

function sameChange(a: PendingChange, b: PendingChange): boolean {
  return (
    a.announcedAt === b.announcedAt &&
    a.enactsAt === b.enactsAt &&
    sameAuthorities(a.authorities, b.authorities)
  );
}
