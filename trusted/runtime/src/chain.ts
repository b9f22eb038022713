/** What a worker holds of its chain. Immutable. Each accepted call returns a new value. */
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

/** A parachain, whose finality the relay chain's state gives. */
export interface Parachain {
  readonly id: number;
  readonly genesisHash: Uint8Array;
  readonly finalized: FinalizedHeader;
}

/** A followed chain: what is final, what is dispatched, and the headers between the two. */
export interface Chain {
  /** Names what the worker was given to trust, 32 bytes. */
  readonly anchor: Uint8Array;
  readonly source: CommandSource;
  /** Of the chain itself or, for a parachain, of its relay chain. */
  readonly client: LightClient;
  /** Only for workers of a parachain. */
  readonly para: Parachain | undefined;
  /** Finalized, not yet dispatched, in order. */
  readonly waiting: readonly FinalizedHeader[];
  readonly dispatched: DispatchedBlock;
  /**
   * The first block that is known to have changed the runtime. Its events still have the known meaning, those
   * of later blocks may not.
   */
  readonly runtimeChangedAt: number | undefined;
}

/** Finalized headers kept for dispatch: several days of blocks, some 40 MB. */
export const maxWaiting = 200_000;

/** A chain at its start. Block 0 counts as dispatched: it is the anchor, and no source of commands. */
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

/** Which chain commands come from. */
export function genesisOf({ client, para }: Chain): Uint8Array {
  return (para ?? client).genesisHash;
}

/**
 * The chain with headers that its own light client has proven final. Of a relay chain only the last counts.
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

/** The chain once the code of the block that changed the runtime is known: the next change counts. */
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
