import type { Crypto } from "@pruntime/core/crypto";
import type { Trie } from "@pruntime/core/trie";
import type { Block } from "./block.ts";
import type { Faults } from "./faults/faults.ts";
import type { ServedVersion } from "./metadata/build.ts";
import type { Role } from "./network.ts";

/**
 * What a subscriber receives for each block, in this order: `imported`, `best` if it is or becomes the best,
 * and later `finalized`.
 */
export type ChainEvent =
  | { readonly kind: "imported"; readonly block: Block }
  /**
   * Another block is the best one. `enacted` are the blocks on the way to it that were not on the best branch
   * before, oldest first.
   */
  | {
      readonly kind: "best";
      readonly block: Block;
      readonly enacted: readonly Block[];
      readonly retracted: readonly Block[];
    }
  /** Finality prunes the blocks of branches that it rules out. */
  | {
      readonly kind: "finalized";
      readonly block: Block /** Empty on a parachain. */;
      readonly justification: Uint8Array;
      readonly pruned: readonly Block[];
    }
  | { readonly kind: "pooled"; readonly extrinsic: Uint8Array; readonly hash: Uint8Array };

/** SCALE justification that proves a block, and the headers from the block in question to the proven one. */
export interface FinalityProof {
  readonly target: Block;
  readonly justification: Uint8Array;
  readonly unknownHeaders: readonly Uint8Array[];
}

/** The runtime's version, as `state_getRuntimeVersion` answers it. */
export interface RuntimeVersion {
  readonly specName: string;
  readonly implName: string;
  readonly authoringVersion: number;
  readonly specVersion: number;
  readonly implVersion: number;
  /** blake2-64 of each API's name as 0x-hex, and its version. */
  readonly apis: readonly (readonly [string, number])[];
  readonly transactionVersion: number;
  readonly systemVersion: number;
  /** The older name of `systemVersion`. */
  readonly stateVersion: number;
}

/** An embedded GRANDPA chain with genuine headers, roots, proofs and justifications. */
export interface Devchain {
  readonly name: string;
  /** A `para` has no justifications of its own: its relay chain decides its finality. */
  readonly role: Role;
  readonly genesisHash: Uint8Array;
  readonly genesis: Block;
  /**
   * Proves the GRANDPA authorities of the genesis state, under whichever key holds them. The proof is
   * available even when that state is discarded, as a chain specification would be.
   */
  readonly genesisProof: readonly Uint8Array[];
  /** The provider that the chain hashes and verifies with. */
  readonly crypto: Crypto;
  /** The node's current faults. */
  readonly faults: Faults;
  /** Switches a fault on, under a name of the caller's choice, or off. The faults of the options stay. */
  readonly setFault: (name: string, fault: Faults | undefined) => void;
  /** Switches off what `setFault` has switched on. */
  readonly clearFaults: () => void;
  /** The version of the runtime in the best block's state. */
  readonly runtimeVersion: RuntimeVersion;
  /** The version of the runtime in the state after a block. */
  readonly runtimeVersionAt: (block: Block) => RuntimeVersion;
  /**
   * SCALE runtime metadata of this version, with its magic number, of the runtime in the state after a block
   * (by default the best one). Events of a block are read with the metadata of its parent.
   */
  readonly metadata: (version: ServedVersion, at?: Block) => Uint8Array;
  readonly best: () => Block;
  readonly finalized: () => Block;
  /** The block of this number on the best branch. */
  readonly blockAt: (number: number) => Block | undefined;
  /** Blocks of other branches that finality has not ruled out yet, in the order of their import. */
  readonly sideBlocks: () => readonly Block[];
  readonly blockOf: (hash: Uint8Array) => Block | undefined;
  /** The stored justification of a block. */
  readonly justificationOf: (block: Block) => Uint8Array | undefined;
  /** @throws {@link DevchainError} `devchain/state-discarded` */
  readonly stateOf: (block: Block) => Trie;
  /** @throws {@link DevchainError} `devchain/state-discarded` */
  readonly readProof: (block: Block, keys: readonly Uint8Array[]) => readonly Uint8Array[];
  /**
   * Answers `state_call`: the SCALE output of a runtime API method (`Api_method`) on the state after a block.
   * @throws {@link DevchainError} `devchain/unknown-runtime-api`, `devchain/bad-arguments`,
   * `devchain/state-discarded`
   */
  readonly callRuntime: (block: Block, method: string, args: Uint8Array) => Uint8Array;
  /**
   * A proof of a block's finality; `undefined` when there is none yet.
   * @throws {@link DevchainError} `devchain/not-finalized`, `devchain/not-covered`
   */
  readonly proveFinality: (number: number) => FinalityProof | undefined;
  /**
   * Puts a signed extrinsic, with its length prefix, in the pool. Returns its hash (blake2b-256 of the same
   * bytes).
   * @throws {@link InvalidTransaction}
   */
  readonly submit: (encoded: Uint8Array) => Uint8Array;
  /** Extrinsics waiting for a block. */
  readonly pending: () => readonly Uint8Array[];
  /**
   * Makes the next block from the pool, and finalizes as far as `finalityLag` allows. With another parent
   * than the best block it begins or continues a fork. The best block is the highest one, the first of
   * several. Transactions of a branch that is no longer the best wait again.
   * @throws {@link DevchainError} `devchain/abandoned-branch`, `devchain/state-discarded`
   */
  readonly produceBlock: (parent?: Block) => Block;
  /**
   * Makes a block (by default the best) and its ancestors final now, whatever `finalityLag` says. If it is on
   * another branch, that branch becomes the best.
   * @throws {@link DevchainError} `devchain/abandoned-branch`
   */
  readonly finalize: (block?: Block) => void;
  /**
   * Makes the next block announce the next set of authorities. The last block of the old set is `delay`
   * (default 0) blocks after it. While a change is pending, another one waits.
   */
  readonly rotateAuthorities: (change?: { readonly delay?: number; readonly forced?: boolean }) => void;
  /**
   * Makes the next block write another head of a parachain to this relay chain's state: a SCALE header, or
   * whatever a test needs there.
   */
  readonly setParaHead: (paraId: number, head: Uint8Array) => void;
  /**
   * Changes `:code` in the next block. The runtime after it has the next `spec_version` and other indices for
   * the events of `Execution`. `silent`: the header does not announce it, as on solo chains before 2021 and
   * on parachains until 2023.
   */
  readonly upgradeRuntime: (how?: { readonly silent?: boolean }) => void;
  /** Passes on every event from now on; call the result to stop. */
  readonly subscribe: (listener: (event: ChainEvent) => void) => () => void;
  /** Stops the interval, flushes and closes the log. */
  readonly close: () => void;
}
