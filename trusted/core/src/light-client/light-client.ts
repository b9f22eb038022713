import type { Header } from "../chain/index.ts";
import type { Authority, AuthoritySet } from "../grandpa/index.ts";

/** What is kept of a header that is proven final. Its byte strings are copies. */
export interface FinalizedHeader {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly parentHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly extrinsicsRoot: Uint8Array;
  /** The digest says that the block changed the runtime code; chains before 2021 do not say so. */
  readonly runtimeUpdated: boolean;
}

/** A new authority set that a final header announces for a later block. */
export interface PendingChange {
  readonly announcedAt: number;
  /** The last block that the current set finalizes. */
  readonly enactsAt: number;
  readonly authorities: readonly Authority[];
}

/** What a worker believes of its chain: all of it proven from the trust anchor. A value; it never changes. */
export interface LightClient {
  readonly genesisHash: Uint8Array;
  readonly finalized: FinalizedHeader;
  /** Who finalizes the next block. */
  readonly authorities: AuthoritySet;
  /** Announced, not yet enacted: at most one. */
  readonly pending: readonly PendingChange[];
}

/** A header with its hash, not final yet. */
export interface HashedHeader {
  readonly header: Header;
  readonly hash: Uint8Array;
}

export function toFinalized({ header, hash }: HashedHeader): FinalizedHeader {
  return {
    number: header.number,
    hash,
    parentHash: header.parentHash.slice(),
    stateRoot: header.stateRoot.slice(),
    extrinsicsRoot: header.extrinsicsRoot.slice(),
    runtimeUpdated: header.digest.some((item) => item.kind === "runtime-environment-updated"),
  };
}

/** A copy that outlives the message it was read from. */
export function copyAuthorities(authorities: readonly Authority[]): Authority[] {
  return authorities.map(({ id, weight }) => ({ id: id.slice(), weight }));
}
