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
 * How the chain is made. Everything is optional. The defaults give a generous chain that keeps every proof.
 */
export interface DevchainOptions {
  readonly crypto?: Crypto;
  /** Default: `{ kind: "instant" }`. */
  readonly mode?: BlockMode;
  /**
   * As sparing as a real node: justifications are stored only at set changes and every `justificationPeriod`
   * blocks, `proveFinality` refuses before the first set change, and states older than `stateWindow` blocks
   * are discarded.
   */
  readonly strict?: boolean;
  /**
   * A justification is stored each time finality crosses a multiple of this. Default: 512 if strict, else 1.
   */
  readonly justificationPeriod?: number;
  /**
   * How many recent states are kept. Default: 256. Without `strict`, older ones are recomputed on request.
   */
  readonly stateWindow?: number;
  /**
   * Changes the GRANDPA set every this many blocks; 0 (the default): only when `rotateAuthorities` is called.
   */
  readonly rotateEvery?: number;
  /**
   * How many blocks finality stays behind the best block; `Infinity`: until `finalize` is called. Default: 0.
   */
  readonly finalityLag?: number;
  /**
   * Over how many blocks on top of the justified one the votes are spread, as far as such blocks of the same
   * set exist when the block becomes final; set `finalityLag` so that they do. Their headers are the
   * justification's `votes_ancestries`. Default: 0.
   */
  readonly votesAhead?: number;
  /**
   * Names the chain. The name is part of the genesis state, so chains of different names have different
   * genesis hashes.
   */
  readonly chainName?: string;
  /** Largest payload that `push_command` takes, in bytes. Default: 16 384. */
  readonly maxPayload?: number;
  /** Layout of the state trie. Default: 1. */
  readonly stateVersion?: 0 | 1;
  /**
   * The `system_version` of the first runtime and of those after each upgrade; the last one stays. From 2 on,
   * extrinsics' roots have layout V1. Default: the state's layout.
   */
  readonly systemVersions?: readonly number[];
  /**
   * Where the state holds the GRANDPA set: `Grandpa.Authorities` (the default), as runtimes since 2024 do, or
   * `:grandpa_authorities`, as older ones did.
   */
  readonly authoritiesKey?: AuthoritiesKey;
  /** Extra genesis accounts and their free balance. */
  readonly endowed?: Iterable<readonly [account: Uint8Array, free: bigint]>;
  /**
   * Where the chain's log is kept; a chain opened there again continues. Without it the chain is in memory
   * only.
   */
  readonly dataDir?: string;
  /** Unix milliseconds, for the inherent `Timestamp.set`. */
  readonly now?: () => number;
  /**
   * The initial state of the registry of workers. Default: development mode, which accepts simulated
   * evidence.
   */
  readonly registry?: RegistryOptions;
  /** The node's lies, for tests of clients that must detect them. */
  readonly faults?: Faults;
}

/** The registry of workers at genesis; all but `roots` is part of the genesis state. */
export interface RegistryOptions {
  /** Production mode refuses simulated evidence, whatever the policy says. Default: development. */
  readonly mode?: "production" | "development";
  /**
   * JSON text of the policy. Default: in development mode, accept any simulated evidence and nothing else; in
   * production mode, accept nothing.
   */
  readonly policy?: string;
  /** The account that may replace the policy, 32 bytes. Default: `//Alice`. */
  readonly admin?: Uint8Array;
  /** Trust roots for evidence. Default: the hardware vendors, and in development mode simulation. */
  readonly roots?: AttestationRoots;
}

/** How a served chain listens. */
export interface ServeOptions {
  /** Default: 0, which selects any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Which JSON-RPC API is offered. Default: both. */
  readonly api?: "both" | "legacy" | "modern";
  /** Largest message taken from a client. Default: 15 MiB. */
  readonly maxMessageBytes?: number;
  /** WebSockets open at once. Default: 100. */
  readonly maxConnections?: number;
  /** Subscriptions and running operations of one connection. Default: 1024. */
  readonly maxSubscriptions?: number;
  /** Requests in one batch. Default: 100. */
  readonly maxBatchRequests?: number;
  /** Longest answer to one message, in UTF-16 units. Default: 64 Mi (2^26). */
  readonly maxResponseLength?: number;
  /** Bytes that a client may leave unread before it is disconnected. Default: 64 MiB. */
  readonly maxBufferedBytes?: number;
}
