/**
 * Connects to a worker. The client uses a worker's keys only after it has verified the worker's evidence. The
 * evidence must be bound to these keys, this chain and a nonce of this client, be authentic by this client's
 * clock, and satisfy this client's policy. No option turns a check off.
 */
import { fromHex } from "@pruntime/core/bytes";
import { type Crypto, portableCrypto, type Random } from "@pruntime/core/crypto";
import { type Attested, challenge, type FetchCollateral } from "./attested/challenge.ts";
import { type PolicySource, trustPolicy } from "./attested/policy.ts";
import { AttestationResultCache } from "./attested/result.ts";
import { patient, usualPatience } from "./below-mark.ts";
import { WorkerClient } from "./client.ts";
import { ClientError } from "./error.ts";
import { firstAnswer } from "./failover.ts";
import type { ConfirmFinality } from "./finality/check.ts";
import type { ClientOptions } from "./options.ts";
import type { StoredSession } from "./progress.ts";
import { httpTransport, type Transport } from "./transport.ts";

/** Options that determine which worker a client accepts, and how old the worker's answers may be. */
export interface ConnectOptions {
  /** The policy that the worker's evidence must satisfy. */
  readonly policy: PolicySource;
  /**
   * The anchor that the worker must have: 32 bytes, or their 64 hex digits. The anchor is a hash over
   * everything that a worker trusts from its start, such as the genesis, the start point and the first
   * authorities. The genesis hash alone is not enough: a worker that was started from a forged checkpoint may
   * report the right genesis hash.
   */
  readonly anchor: Uint8Array | string;
  /** Maximum age of an answer by chain time, in milliseconds. Default: 120 000. */
  readonly maxAgeMs?: number;
  /** Returns the current time in Unix milliseconds. Default: this machine's clock. */
  readonly now?: () => number;
  /**
   * Fetches the collateral: the data that the hardware's maker publishes for verifying evidence. Default: the
   * worker's host sends the collateral with the evidence.
   */
  readonly collateral?: FetchCollateral;
  /**
   * A cache of attestation results. Clients that share a cache appraise the same evidence only once.
   * Default: a cache for this client alone.
   */
  readonly results?: AttestationResultCache;
  /**
   * How long each call waits, in milliseconds, for a worker that has restarted and still syncs up to the
   * highest block that it once knew as final. Default: 18 000, three blocks of 6 s each; 0 if there are
   * several addresses.
   */
  readonly restartWaitMs?: number;
  /** Confirms finality independently of the worker; `@pruntime/client/finality` has an implementation. */
  readonly finality?: ConfirmFinality;
  /** As in `ClientOptions`. */
  readonly node?: ClientOptions["node"];
  /** The stored session of an earlier client. */
  readonly session?: StoredSession;
  /** Waits. Default: `setTimeout`. */
  readonly sleep?: ClientOptions["sleep"];
  /** Default: the portable implementation. */
  readonly crypto?: Crypto;
  /** Default: `crypto.getRandomValues`. */
  readonly random?: Random;
}

/**
 * The age of a reply, by its chain time.
 * @limit ms
 * @source chosen: twenty blocks of 6 s each; `maxAgeMs` sets another
 * @past `client/stale`
 */
const usualMaxAgeMs = 120_000;

/** Where a worker answers: a URL, or a transport to it. */
export type WorkerAddress = string | Transport;

/**
 * Connects to a worker. Several addresses are those of replicas, which got the worker's key agreement key in
 * a handover: the first whose evidence the client accepts determines this key. If the worker there cannot
 * answer a query, because it is behind or cannot be reached, the query goes to another address, whose
 * evidence must satisfy the same demands. Each replica signs with an identity key of its own, which its
 * evidence names. A worker with another key agreement key is not a replica, and is asked nothing
 * (`client/wrong-key`).
 * @throws {@link ClientError} `client/no-worker` for several addresses, if none answers; for one address,
 * EvidenceError and those of the evidence's kind, BindingError, PolicyError, StatementError,
 * JsonError, BytesError; {@link ClientError} `client/policy-refused`, `client/wrong-chain`,
 * `client/other-rules`, `client/not-initialized`, `client/bad-envelope`, `client/bad-signature`,
 * `client/unreachable`, `client/refused`, `client/no-verifier`; with a stored session, also
 * `client/wrong-key`
 */
export async function connect(
  worker: WorkerAddress | readonly WorkerAddress[],
  options: ConnectOptions,
): Promise<WorkerClient> {
  const addresses = isList(worker) ? worker : [worker];
  const {
    maxAgeMs = usualMaxAgeMs,
    now = Date.now,
    results = new AttestationResultCache(),
    restartWaitMs = addresses.length === 1 ? usualPatience.waitMs : 0,
    crypto = portableCrypto,
    random = webRandom,
  } = options;
  const demands = { policy: trustPolicy(crypto, options.policy), anchor: anchorOf(options.anchor), now };
  const { collateral, finality, node, session, sleep } = options;
  const asking = { crypto, random, results, ...(collateral === undefined ? {} : { collateral }) };
  const replicas = addresses.map((address) => {
    const direct = typeof address === "string" ? httpTransport(address) : address;
    const transport = patient(direct, { ...usualPatience, waitMs: restartWaitMs });
    return { transport, again: (): Promise<Attested> => challenge(demands, { ...asking, transport }) };
  });
  const known = {
    crypto,
    random,
    freshness: { now, maxAgeMs },
    ...(finality === undefined ? {} : { finality }),
    ...(node === undefined ? {} : { node }),
    ...(session === undefined ? {} : { session }),
    ...(sleep === undefined ? {} : { sleep }),
  };
  const connections = replicas.map((replica) => async () => {
    const attested = await replica.again();
    const others = replicas.filter((other) => other !== replica);
    const { transport, again } = replica;
    return new WorkerClient(attested.worker, { ...known, transport }, { attested, again }, others);
  });
  return firstAnswer(connections, sleep);
}

/** Exists because `Array.isArray` does not narrow readonly arrays. */
function isList(worker: WorkerAddress | readonly WorkerAddress[]): worker is readonly WorkerAddress[] {
  return Array.isArray(worker);
}

function anchorOf(anchor: Uint8Array | string): Uint8Array {
  const bytes = typeof anchor === "string" ? fromHex(anchor) : anchor;
  if (bytes.length !== 32) throw new ClientError({ code: "client/wrong-chain" });
  return bytes;
}

function webRandom(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}
