/** What a worker knows of its chain. Immutable: each accepted call returns a new value. */
import type { FinalizedHeader, LightClient } from "@pruntime/core/light-client";
import { RuntimeError } from "./error.ts";
import type { CommandSource } from "./event.ts";

/** The last block whose commands were executed. */
export interface DispatchedBlock {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly stateRoot: Uint8Array;
  /** The latest proven `Timestamp.Now`, in milliseconds; 0 while none is known. It never goes back. */
  readonly timeMs: bigint;
}

/** A parachain. The relay chain's state says which of its blocks are final. */
export interface Parachain {
  readonly id: number;
  readonly genesisHash: Uint8Array;
  readonly finalized: FinalizedHeader;
}

/** A followed chain: what is final, what is dispatched, and the headers between the two. */
export interface Chain {
  /** A hash of everything that the worker was given to trust, 32 bytes. */
  readonly anchor: Uint8Array;
  readonly source: CommandSource;
  /** The light client of the chain itself or, for a parachain, of its relay chain. */
  readonly client: LightClient;
  /** Only for workers of a parachain. */
  readonly para: Parachain | undefined;
  /** The headers that are finalized and not yet dispatched, in order. */
  readonly waiting: readonly FinalizedHeader[];
  readonly dispatched: DispatchedBlock;
  /**
   * The first block that is known to have changed the runtime. Its events still have the known meaning. The
   * events of later blocks may have another.
   */
  readonly runtimeChangedAt: number | undefined;
}

/** The most finalized headers that wait for dispatch: several days of blocks, about 40 MB. */
export const maxWaiting = 200_000;

/** A chain at its start. The first block counts as dispatched: it is the anchor and brings no commands. */
export function startChain(
  anchor: Uint8Array,
  source: CommandSource,
  client: LightClient,
  para: Parachain | undefined,
): Chain {
  const { number, hash, stateRoot } = (para ?? client).finalized;
  const dispatched = { number, hash, stateRoot, timeMs: 0n };
  return { anchor, source, client, para, waiting: [], dispatched, runtimeChangedAt: undefined };
}

/** The block after `last`, once it is dispatched. Chain time never goes back. */
export function dispatchedAfter(
  last: DispatchedBlock,
  { number, hash, stateRoot }: FinalizedHeader,
  timeMs: bigint,
): DispatchedBlock {
  return { number, hash, stateRoot, timeMs: last.timeMs > timeMs ? last.timeMs : timeMs };
}

/** The last final block of the chain that commands come from. */
export function finalizedOf({ client, para }: Chain): FinalizedHeader {
  return (para ?? client).finalized;
}

/** The genesis hash of the chain that commands come from, 32 bytes. */
export function genesisOf({ client, para }: Chain): Uint8Array {
  return (para ?? client).genesisHash;
}

/**
 * Adds headers that the light client has proven final. Of a relay chain, only the last header counts.
 * @throws as {@link withWaiting}
 */
export function withFinalized(
  chain: Chain,
  client: LightClient,
  finalized: readonly FinalizedHeader[],
): Chain {
  return chain.para === undefined ? withWaiting({ ...chain, client }, finalized) : { ...chain, client };
}

/** Adds headers that wait for dispatch. @throws {@link RuntimeError} `runtime/queue-full` */
export function withWaiting(chain: Chain, finalized: readonly FinalizedHeader[]): Chain {
  const waiting = chain.waiting.length + finalized.length;
  if (waiting > maxWaiting)
    throw new RuntimeError({ code: "runtime/queue-full", waiting, limit: maxWaiting });
  const changed = finalized.find(({ runtimeUpdated }) => runtimeUpdated)?.number;
  return {
    ...chain,
    waiting: [...chain.waiting, ...finalized],
    runtimeChangedAt: chain.runtimeChangedAt ?? changed,
  };
}

/** The chain once the new code is known. `runtimeChangedAt` then names the next change, if there is one. */
export function withCode(chain: Chain): Chain {
  return { ...chain, runtimeChangedAt: chain.waiting.find(({ runtimeUpdated }) => runtimeUpdated)?.number };
}

/**
 * Refuses calls that bring commands from another source.
 * @throws {@link RuntimeError} `runtime/wrong-source`
 */
export function requireSource(chain: Chain, source: CommandSource): void {
  if (chain.source !== source) throw new RuntimeError({ code: "runtime/wrong-source", source: chain.source });
}
