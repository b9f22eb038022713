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
   * highest block that it once knew as final. Default: 18 000, three blocks of 6 s each.
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

/**
 * Connects to the worker at a URL, or over a transport.
 * @throws EvidenceError and those of the evidence's kind, BindingError, PolicyError, StatementError,
 * JsonError, BytesError; {@link ClientError} `client/policy-refused`, `client/wrong-chain`,
 * `client/other-rules`, `client/not-initialized`, `client/bad-envelope`, `client/bad-signature`,
 * `client/unreachable`, `client/refused`
 */
export async function connect(worker: string | Transport, options: ConnectOptions): Promise<WorkerClient> {
  const {
    maxAgeMs = usualMaxAgeMs,
    now = Date.now,
    results = new AttestationResultCache(),
    restartWaitMs = usualPatience.waitMs,
    crypto = portableCrypto,
    random = webRandom,
  } = options;
  const direct = typeof worker === "string" ? httpTransport(worker) : worker;
  const transport = patient(direct, { ...usualPatience, waitMs: restartWaitMs });
  const demands = { policy: trustPolicy(crypto, options.policy), anchor: anchorOf(options.anchor), now };
  const { collateral, finality, node, session, sleep } = options;
  const asking = { transport, crypto, random, results, ...(collateral === undefined ? {} : { collateral }) };
  const again = (): Promise<Attested> => challenge(demands, asking);
  const attested = await again();
  const known = {
    transport,
    crypto,
    random,
    freshness: { now, maxAgeMs },
    ...(finality === undefined ? {} : { finality }),
    ...(node === undefined ? {} : { node }),
    ...(session === undefined ? {} : { session }),
    ...(sleep === undefined ? {} : { sleep }),
  };
  return new WorkerClient(attested.worker, known, { attested, again });
}

function anchorOf(anchor: Uint8Array | string): Uint8Array {
  const bytes = typeof anchor === "string" ? fromHex(anchor) : anchor;
  if (bytes.length !== 32) throw new ClientError({ code: "client/wrong-chain" });
  return bytes;
}

function webRandom(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}
