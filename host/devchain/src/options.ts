import type { AttestationRoots } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import type { Faults } from "./faults/faults.ts";
import type { AuthoritiesKey } from "./pallets/grandpa.ts";

/**
 * When a block is made: when a transaction arrives, at a fixed interval, or only when `produceBlock` is
 * called.
 */
export type BlockMode =
  | { readonly kind: "instant" }
  | { readonly kind: "interval"; readonly ms: number }
  | { readonly kind: "manual" };

/**
 * The options of a chain. By default, every finalized block has a justification, and the state of every block
 * on the best branch is available.
 */
export interface DevchainOptions {
  readonly crypto?: Crypto;
  /** When blocks are made. Default: `{ kind: "instant" }`. */
  readonly mode?: BlockMode;
  /**
   * Makes the chain as restrictive as a real node. Justifications are stored only at set changes and every
   * `justificationPeriod` blocks. `proveFinality` refuses before the first set change. States older than
   * `stateWindow` blocks are discarded.
   */
  readonly strict?: boolean;
  /**
   * A finalized block has a stored justification if its number is a multiple of this period, or if it is the
   * last block of an authority set. Default: 512 if strict, else 1.
   */
  readonly justificationPeriod?: number;
  /**
   * The number of latest heights whose states are kept. Default: 256. Older states of the best branch are
   * recomputed on request, unless `statePruning` discards them.
   */
  readonly stateWindow?: number;
  /**
   * Discards the state of each block that is this many blocks or more below the finalized head, as a node's
   * `--state-pruning` does. Default: `stateWindow` if strict; otherwise no state is discarded.
   */
  readonly statePruning?: number;
  /**
   * The number of blocks between changes of the GRANDPA set. With 0, the default, the set changes only when
   * `rotateAuthorities` is called.
   */
  readonly rotateEvery?: number;
  /**
   * The number of blocks by which finality stays behind the best block. With `Infinity`, blocks become final
   * only when `finalize` is called. Default: 0.
   */
  readonly finalityLag?: number;
  /**
   * The number of later blocks over which the votes of a justification are spread. These blocks must be in
   * the same set and exist when the justified block becomes final, so set `finalityLag` to at least this
   * number. Their headers are the justification's `votes_ancestries`. Default: 0.
   */
  readonly votesAhead?: number;
  /**
   * The chain's name. It is part of the genesis state, so chains with different names have different genesis
   * hashes.
   */
  readonly chainName?: string;
  /**
   * A text in the genesis state, so that chains with different seeds have different genesis hashes. Default:
   * the genesis state contains no seed.
   */
  readonly genesisSeed?: string;
  /** The largest payload that `Execution.push_command` accepts, in bytes. Default: 16 384. */
  readonly maxPayload?: number;
  /**
   * Leaves out this project's own pallets, `Execution` and `Registry`, so that the chain is like a chain that
   * knows nothing of pruntime. Default: false.
   */
  readonly plain?: boolean;
  /**
   * The limits on the length and weight of blocks: Polkadot's limits (the default), or no limits, for tests
   * with blocks that no real chain makes. The constants `System.BlockLength` and `System.BlockWeights` state
   * the limits.
   */
  readonly limits?: "polkadot" | "none";
  /** The version of the state trie's layout. Default: 1. */
  readonly stateVersion?: 0 | 1;
  /**
   * The `system_version` of each runtime, starting with the first. The last value also applies to all later
   * runtimes. From version 2 on, extrinsics roots have layout V1. From version 3 on, new code is under
   * `:pending_code` for one block. Default: `stateVersion`.
   */
  readonly systemVersions?: readonly number[];
  /**
   * The storage key of the GRANDPA set: `Grandpa.Authorities` (the default), as in runtimes since 2024, or
   * `:grandpa_authorities`, as in older runtimes.
   */
  readonly authoritiesKey?: AuthoritiesKey;
  /** Additional genesis accounts and their free balances. */
  readonly endowed?: Iterable<readonly [account: Uint8Array, free: bigint]>;
  /**
   * The folder for the chain's log. If the folder already has a log, the chain continues from it. Without
   * this option, the chain is in memory only.
   */
  readonly dataDir?: string;
  /** Returns the time for the inherent `Timestamp.set`, in Unix milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
  /** The registry of workers at genesis. Default: development mode, which accepts simulated evidence. */
  readonly registry?: RegistryOptions;
  /** Faults of the node, for tests of clients that must detect them. */
  readonly faults?: Faults;
}

/** The registry of workers at genesis. All options except `roots` are part of the genesis state. */
export interface RegistryOptions {
  /** Production mode refuses simulated evidence, even if the policy accepts it. Default: development. */
  readonly mode?: "production" | "development";
  /**
   * JSON text of the policy. Default: in development mode, accept any simulated evidence and nothing else; in
   * production mode, accept nothing.
   */
  readonly policy?: string;
  /** The account that may replace the policy, 32 bytes. Default: `//Alice`. */
  readonly admin?: Uint8Array;
  /** Trust roots for evidence. Default: the roots of the hardware makers and of the simulation. */
  readonly roots?: AttestationRoots;
}

/** The options of a chain's server. */
export interface ServeOptions {
  /** The port. 0, the default, selects any free port. */
  readonly port?: number;
  /** The address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  /** The JSON-RPC API that the server offers. Default: both. */
  readonly api?: "both" | "legacy" | "modern";
  /** The maximum size of a message from a client. Default: 15 MiB. */
  readonly maxMessageBytes?: number;
  /** The maximum number of open WebSockets. Default: 100. */
  readonly maxConnections?: number;
  /** The maximum number of subscriptions and broadcasts of one connection. Default: 1024. */
  readonly maxSubscriptions?: number;
  /** The maximum number of requests in one batch. Default: 100. */
  readonly maxBatchRequests?: number;
  /** The maximum length of the answer to one message, in UTF-16 code units. Default: 64 Mi (2^26). */
  readonly maxResponseLength?: number;
  /** The number of unread bytes after which a client is disconnected. Default: 64 MiB. */
  readonly maxBufferedBytes?: number;
}
