import type { Crypto } from "@pruntime/core/crypto";
import type { Trie } from "@pruntime/core/trie";
import type { Block } from "./block.ts";
import type { Faults } from "./faults/faults.ts";
import type { ServedVersion } from "./metadata/build.ts";
import type { Role } from "./network.ts";

/**
 * The events that a subscriber receives. For each block, these are `imported`, then `best` if the block is or
 * becomes the best block, and later `finalized` if the block becomes final. `pooled` reports that the pool
 * has accepted an extrinsic.
 */
export type ChainEvent =
  | { readonly kind: "imported"; readonly block: Block }
  /**
   * The best block has changed. `enacted` lists the blocks that joined the best branch. `retracted` lists the
   * blocks that left it. Both lists start with the oldest block.
   */
  | {
      readonly kind: "best";
      readonly block: Block;
      readonly enacted: readonly Block[];
      readonly retracted: readonly Block[];
    }
  /** A block has become final. `pruned` lists the blocks of the branches that finality rules out. */
  | {
      readonly kind: "finalized";
      readonly block: Block;
      /** The SCALE justification; empty on a parachain. */
      readonly justification: Uint8Array;
      readonly pruned: readonly Block[];
    }
  | { readonly kind: "pooled"; readonly extrinsic: Uint8Array; readonly hash: Uint8Array };

/** The SCALE justification of block `target`, and the headers after the requested block up to `target`. */
export interface FinalityProof {
  readonly target: Block;
  readonly justification: Uint8Array;
  readonly unknownHeaders: readonly Uint8Array[];
}

/** The runtime's version, in the form of `state_getRuntimeVersion`. */
export interface RuntimeVersion {
  readonly specName: string;
  readonly implName: string;
  readonly authoringVersion: number;
  readonly specVersion: number;
  readonly implVersion: number;
  /** The id of each API (the BLAKE2b-64 hash of its name, 0x-hex) and its version. */
  readonly apis: readonly (readonly [string, number])[];
  readonly transactionVersion: number;
  readonly systemVersion: number;
  /** The older name of `systemVersion`. */
  readonly stateVersion: number;
}

/** An embedded GRANDPA chain with genuine headers, roots, proofs and justifications. */
export interface Devchain {
  readonly name: string;
  /** A parachain (`para`) has no justifications of its own, because its relay chain decides its finality. */
  readonly role: Role;
  readonly genesisHash: Uint8Array;
  readonly genesis: Block;
  /**
   * Proves the GRANDPA authorities in the genesis state, whichever storage key the chain uses for them. Like
   * a chain specification, the proof remains available even if the genesis state is discarded.
   */
  readonly genesisProof: readonly Uint8Array[];
  /** The cryptography that the chain uses. */
  readonly crypto: Crypto;
  /** The node's current faults. */
  readonly faults: Faults;
  /**
   * Switches on a fault under a name that the caller chooses, or switches it off with `undefined`. The faults
   * from the options stay on.
   */
  readonly setFault: (name: string, fault: Faults | undefined) => void;
  /** Switches off all faults that `setFault` has switched on. */
  readonly clearFaults: () => void;
  /** The version of the runtime in the best block's state. */
  readonly runtimeVersion: RuntimeVersion;
  /** The version of the runtime in the state after a block. */
  readonly runtimeVersionAt: (block: Block) => RuntimeVersion;
  /**
   * SCALE runtime metadata of this version, with its magic number, for the runtime in the state after a block
   * (by default, the best block). Use the metadata of a block's parent to read the block's events. Only the
   * events of a block that applies `:pending_code` are read with the block's own metadata.
   */
  readonly metadata: (version: ServedVersion, at?: Block) => Uint8Array;
  readonly best: () => Block;
  readonly finalized: () => Block;
  /** The block with this number on the best branch. */
  readonly blockAt: (number: number) => Block | undefined;
  /** The blocks outside the best branch that finality has not ruled out. */
  readonly sideBlocks: () => readonly Block[];
  readonly blockOf: (hash: Uint8Array) => Block | undefined;
  /** The stored justification of a block; `undefined` if the node stores no justification for the block. */
  readonly justificationOf: (block: Block) => Uint8Array | undefined;
  /** Returns the state after a block. @throws {@link DevchainError} `devchain/state-discarded` */
  readonly stateOf: (block: Block) => Trie;
  /** Proves keys in the state after a block. @throws {@link DevchainError} `devchain/state-discarded` */
  readonly readProof: (block: Block, keys: readonly Uint8Array[]) => readonly Uint8Array[];
  /**
   * Answers `state_call`: the SCALE output of a runtime API method (`Api_method`) on the state after a block.
   * @throws {@link DevchainError} `devchain/unknown-runtime-api`, `devchain/bad-arguments`,
   * `devchain/state-discarded`
   */
  readonly callRuntime: (block: Block, method: string, args: Uint8Array) => Uint8Array;
  /**
   * Returns a proof of a block's finality.
   * @throws {@link DevchainError} `devchain/not-finalized`, `devchain/not-covered`
   */
  readonly proveFinality: (number: number) => FinalityProof | undefined;
  /**
   * Adds a signed extrinsic, with its length prefix, to the pool. Returns its hash (blake2b-256 of the same
   * bytes).
   * @throws {@link InvalidTransaction}; {@link DevchainError} `devchain/closed`
   */
  readonly submit: (encoded: Uint8Array) => Uint8Array;
  /** The extrinsics that wait for a block, in order of arrival. */
  readonly pending: () => readonly Uint8Array[];
  /**
   * Makes the next block from the pool. Then finalizes all blocks that are at least `finalityLag` below the
   * best block. If the parent is not the best block, the new block starts or continues a fork. The best block
   * is the highest block, or the first of several equally high blocks. The transactions of blocks outside the
   * best branch return to the pool.
   * @throws {@link DevchainError} `devchain/abandoned-branch`, `devchain/state-discarded`, `devchain/closed`
   */
  readonly produceBlock: (parent?: Block) => Block;
  /**
   * Finalizes a block (by default, the best block) and its ancestors now, regardless of `finalityLag`. If the
   * block is not on the best branch, the block's branch becomes the best branch.
   * @throws {@link DevchainError} `devchain/abandoned-branch`, `devchain/closed`
   */
  readonly finalize: (block?: Block) => void;
  /**
   * Makes the next block announce the next set of authorities. The last block of the old set is `delay`
   * (default 0) blocks after the announcement. While a change is pending, a further change waits.
   */
  readonly rotateAuthorities: (change?: { readonly delay?: number; readonly forced?: boolean }) => void;
  /**
   * Makes the next block write a parachain head to this relay chain's state: a SCALE header, or any bytes
   * that a test needs.
   */
  readonly setParaHead: (paraId: number, head: Uint8Array) => void;
  /**
   * Upgrades the runtime. The new runtime has the next `spec_version`, and different indices for the events
   * of `Execution` (on a plain chain, of `System`). Before system version 3, the next block changes `:code`
   * and its header announces the change. With `silent`, the header does not announce the change, as on solo
   * chains before 2021 and on parachains until 2023. From system version 3 on, the next block only stores the
   * new code under `:pending_code`. The block after it runs the new code, changes `:code` and announces the
   * change, even if `silent` is set.
   */
  readonly upgradeRuntime: (how?: { readonly silent?: boolean }) => void;
  /** Passes every later event to the listener. Call the returned function to unsubscribe. */
  readonly subscribe: (listener: (event: ChainEvent) => void) => () => void;
  /** Stops making blocks, closes the log and releases the data directory. */
  readonly close: () => void;
}
