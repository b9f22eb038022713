import type { AttestationRoots } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import type { Faults } from "./faults/faults.ts";

/**
 * When a block is made: when a transaction arrives, every so many milliseconds, or only when `produceBlock`
 * is called.
 */
export type BlockMode =
  | { readonly kind: "instant" }
  | { readonly kind: "interval"; readonly ms: number }
  | { readonly kind: "manual" };

/**
 * How the chain is made. Everything is optional; the defaults give a generous chain that keeps every proof.
 */
export interface DevchainOptions {
  readonly crypto?: Crypto;
  /** Default: `{ kind: "instant" }`. */
  readonly mode?: BlockMode;
  /**
   * As ungenerous as a real node: justifications stored at set changes and every `justificationPeriod` blocks
   * only, `proveFinality` refuses before the first set change, state older than `stateWindow` blocks is gone.
   */
  readonly strict?: boolean;
  /**
   * A justification is stored each time finality crosses a multiple of this. Default: 512 if strict, else 1.
   */
  readonly justificationPeriod?: number;
  /**
   * How many recent states are kept ready. Default: 256. Without `strict`, older ones are recomputed when
   * asked for.
   */
  readonly stateWindow?: number;
  /**
   * Changes the GRANDPA set every so many blocks; 0 (the default): only when `rotateAuthorities` is called.
   */
  readonly rotateEvery?: number;
  /**
   * How many blocks finality stays behind the best block; `Infinity`: until `finalize` is called. Default: 0.
   */
  readonly finalityLag?: number;
  /**
   * Over how many blocks above the justified one the votes are spread, as far as there are such blocks of the
   * same set when finality comes: so have a `finalityLag`. The headers of those voted for are the
   * justification's `votes_ancestries`. Default: 0.
   */
  readonly votesAhead?: number;
  /**
   * Names the chain; it is part of the genesis state, so chains of different names have different genesis
   * hashes.
   */
  readonly chainName?: string;
  /** Largest payload `push_command` takes, in bytes. Default: 16 384. */
  readonly maxPayload?: number;
  /** Layout of the state trie. Default: 1. */
  readonly stateVersion?: 0 | 1;
  /** Extra genesis accounts and their free balance. */
  readonly endowed?: Iterable<readonly [account: Uint8Array, free: bigint]>;
  /**
   * Where the chain's log lives; a chain opened there again continues. Without it the chain is in memory
   * only.
   */
  readonly dataDir?: string;
  /** Unix milliseconds, for the Timestamp inherent. */
  readonly now?: () => number;
  /** What the registry of workers begins with. Default: in development mode, accepting simulated evidence. */
  readonly registry?: RegistryOptions;
  /** Lies a node may tell, for tests of those who must not believe it. */
  readonly faults?: Faults;
}

/** The registry of workers at genesis; all but `roots` is part of the genesis state. */
export interface RegistryOptions {
  /** In production simulated evidence is refused, whatever the policy says. Default: development. */
  readonly mode?: "production" | "development";
  /**
   * JSON text of the policy. Default: in development one that accepts any simulated evidence and nothing
   * else; in production one that accepts nothing.
   */
  readonly policy?: string;
  /** The account that may replace the policy, 32 bytes. Default: `//Alice`. */
  readonly admin?: Uint8Array;
  /** Whom evidence is believed. Default: the hardware's makers, and in development mode simulation. */
  readonly roots?: AttestationRoots;
}

/** How a served chain listens. */
export interface ServeOptions {
  /** 0 (the default) takes any free port. */
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
  /** Longest answer to one message, in UTF-16 units. Default: 64 Mi. */
  readonly maxResponseLength?: number;
  /** Bytes a client may leave unread before it is cut off. Default: 64 MiB. */
  readonly maxBufferedBytes?: number;
}
