import type { Header } from "../chain/index.ts";
import type { Authority, AuthoritySet } from "../grandpa/index.ts";

/**
 * The parts of a header that a worker keeps. The header is proven final, or is staged until a justification
 * proves it. Byte strings are not views of a message.
 */
export interface FinalizedHeader {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly parentHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly extrinsicsRoot: Uint8Array;
  /**
   * Whether the digest reports a change of the runtime code. Runtimes before the end of 2021 do not report
   * such changes.
   */
  readonly runtimeUpdated: boolean;
}

/** A new authority set that a final header announces for a later block. */
export interface PendingChange {
  readonly announcedAt: number;
  /** The last block that the current set finalizes. */
  readonly enactsAt: number;
  readonly authorities: readonly Authority[];
}

/**
 * The facts about a chain that a worker has proven, starting from the trust anchor. The value is immutable.
 */
export interface LightClient {
  readonly genesisHash: Uint8Array;
  readonly finalized: FinalizedHeader;
  /** The authorities that finalize the next block. */
  readonly authorities: AuthoritySet;
  /** Changes that are announced but not yet enacted. There is at most one. */
  readonly pending: readonly PendingChange[];
}

/** A header with its hash. The header need not be final. */
export interface HashedHeader {
  readonly header: Header;
  readonly hash: Uint8Array;
}

/**
 * Copies the parts of a header that are kept. The caller has proven that the header is final, or stages it.
 */
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

/** Copies an authority list, so that it does not keep the whole message in memory. */
export function copyAuthorities(authorities: readonly Authority[]): Authority[] {
  return authorities.map(({ id, weight }) => ({ id: id.slice(), weight }));
}
