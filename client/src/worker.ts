/**
 * The worker that a client trusts, and the checks that its replies are recent and about the expected chain.
 */
import type { GetStatus } from "@pruntime/api";
import { equal, fromHex, toHex } from "@pruntime/core/bytes";
import type { Statement } from "@pruntime/core/statement";
import { rulesNumber } from "@pruntime/core/version";
import { ClientError } from "./error.ts";

/** What a worker and all its replicas have in common. A handover passes the key from one to the next. */
export interface ReplicaSet {
  /** ECDH key: uncompressed P-256, 65 bytes. */
  readonly ecdhPublicKey: Uint8Array;
  readonly genesisHash: Uint8Array;
  /** Identifies the chain and the point at which the worker started, 32 bytes. */
  readonly anchor: Uint8Array;
}

/** The keys and the chain of a worker that this client has accepted. */
export interface TrustedWorker extends ReplicaSet {
  /** Identity key: compressed secp256k1, 33 bytes. Each replica has its own. */
  readonly publicKey: Uint8Array;
}

/** The clock, and the largest age that an answer may have. */
export interface Freshness {
  /** Returns the current time in Unix milliseconds. */
  readonly now: () => number;
  /** Maximum age of the answer's chain time, in milliseconds. */
  readonly maxAgeMs: number;
}

/**
 * How far the chain time of a reply may be ahead of the client's clock.
 * @limit ms
 * @source chosen: clocks differ
 * @past `client/from-the-future`
 */
const maxSkewMs = 60_000;

/**
 * Checks that a reply is recent and is about the expected chain.
 * @throws {@link ClientError} `client/other-rules`, `client/wrong-chain`, `client/runtime-unreadable`,
 * `client/from-the-future`, `client/stale`
 */
export function checkStatement(trusted: ReplicaSet, freshness: Freshness, statement: Statement): void {
  checkRules(statement);
  if (!equal(statement.genesisHash, trusted.genesisHash) || !equal(statement.anchor, trusted.anchor))
    throw new ClientError({ code: "client/wrong-chain" });
  const age = BigInt(Math.floor(freshness.now())) - statement.chainTimeMs;
  const { chainTimeMs } = statement;
  if (age < BigInt(-maxSkewMs)) throw new ClientError({ code: "client/from-the-future", chainTimeMs });
  if (age > BigInt(freshness.maxAgeMs))
    throw new ClientError({
      code: statement.runtimeUnreadable ? "client/runtime-unreadable" : "client/stale",
      chainTimeMs: statement.chainTimeMs,
      maxAgeMs: freshness.maxAgeMs,
    });
}

/**
 * Checks that the worker's program turns blocks into state by the rules that this program knows.
 * @throws {@link ClientError} `client/other-rules`
 */
export function checkRules({ rules }: Statement): void {
  if (rules !== rulesNumber)
    throw new ClientError({ code: "client/other-rules", worker: rules, own: rulesNumber });
}

/**
 * Returns the worker that a status describes. @throws {@link ClientError} `client/not-initialized`;
 * BytesError
 */
export function workerOf(status: GetStatus): TrustedWorker {
  if (!status.initialized) throw new ClientError({ code: "client/not-initialized" });
  return {
    publicKey: fromHex(status.public_key),
    ecdhPublicKey: fromHex(status.ecdh_public_key),
    genesisHash: fromHex(status.genesis_hash),
    anchor: fromHex(status.anchor),
  };
}

/** Whether two descriptions are of one worker, or of replicas. */
export function areReplicas(a: ReplicaSet, b: ReplicaSet): boolean {
  return setText(a) === setText(b);
}

function setText({ ecdhPublicKey, genesisHash, anchor }: ReplicaSet): string {
  return [ecdhPublicKey, genesisHash, anchor].map(toHex).join(" ");
}
