/**
 * Asks a worker for evidence over a fresh nonce. The client accepts the worker's keys if the evidence is
 * authentic, is bound to these keys and their lineage, satisfies the policy, and names the expected chain.
 */
import { getEvidence, type OutputOf } from "@pruntime/api";
import {
  appraiseLineage,
  type EndorsedEvidence,
  endorseEvidence,
  jsonLineage,
  type Lineage,
  readEndorsedEvidence,
  verifyBinding,
} from "@pruntime/core/attestation";
import { equal, toHex } from "@pruntime/core/bytes";
import { verifyQueryKey } from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import type { JsonObject } from "@pruntime/core/json";
import { ClientError } from "../error.ts";
import { checkReply, type UnverifiedReply, unverifiedReply } from "../reply.ts";
import { requestBody } from "../request.ts";
import type { RawReply, Transport } from "../transport.ts";
import { checkRules, type TrustedWorker } from "../worker.ts";
import type { TrustedPolicy } from "./policy.ts";
import { type AcceptedEvidence, type AttestationResultCache, requireAccepted } from "./result.ts";

/** The conditions that a worker must meet, all chosen by the client. */
export interface Demands {
  readonly policy: TrustedPolicy;
  /** The anchor that the worker must have, 32 bytes. It identifies the chain and the start point. */
  readonly anchor: Uint8Array;
  /** The current time in Unix milliseconds. */
  readonly now: () => number;
}

/** A worker that meets the demands. */
export interface Attested extends AcceptedEvidence {
  readonly worker: TrustedWorker;
  /** The key to which v2 queries are sealed. The worker's identity key has signed it. */
  readonly queryKey: Uint8Array;
  readonly policyHash: Uint8Array;
  readonly evidence: EndorsedEvidence;
  /** The code that held the worker's keys before it. The policy accepts all of it. */
  readonly lineage: Lineage;
  /** The account that operates the worker, 32 bytes. `undefined` if the operator has not named it. */
  readonly operator: Uint8Array | undefined;
  /** The nonce that this client drew for the evidence, 32 bytes. */
  readonly nonce: Uint8Array;
}

/**
 * Fetches the collateral that the hardware's maker publishes for some evidence. The argument is the evidence
 * as JSON. The result has the fields that the collateral adds to that JSON.
 */
export type FetchCollateral = (evidence: JsonObject) => Promise<JsonObject>;

/** What a client uses to challenge a worker. */
export interface Asking {
  readonly transport: Transport;
  readonly crypto: Crypto;
  readonly random: Random;
  readonly results: AttestationResultCache;
  /**
   * Fetches the collateral. Default: the client uses the collateral that the worker's host sends with the
   * evidence. The hardware's maker signs the collateral in both cases.
   */
  readonly collateral?: FetchCollateral;
}

/**
 * Challenges a worker with a fresh nonce and verifies the evidence that it returns.
 * @throws EvidenceError and those of the evidence's kind, BindingError, JsonError, ChannelError
 * `channel/bad-query-key`; {@link ClientError} `client/policy-refused`, `client/wrong-chain`,
 * `client/bad-signature`, `client/not-initialized`, `client/no-verifier`
 */
export async function challenge(demands: Demands, asking: Asking): Promise<Attested> {
  const { transport, crypto, random, results, collateral } = asking;
  const nonce = random(32);
  const body = requestBody(random, { nonce: toHex(nonce) });
  const raw = await transport(getEvidence, body);
  const said = evidenceReply(raw);
  const { evidence: shown, ...claims } = said.value;
  const worker = {
    anchor: claims.anchor,
    ecdhPublicKey: claims.ecdh_public_key,
    genesisHash: claims.genesis_hash,
    publicKey: claims.public_key,
  };
  const { statement } = checkReply(crypto, worker, getEvidence, body, raw);
  if (statement !== undefined) checkRules(statement);
  const fetched = (await collateral?.(shown)) ?? said.collateral ?? {};
  const evidence = readEndorsedEvidence(endorseEvidence(shown, fetched), "evidence");
  const accepted = await results.accept(crypto, demands.policy, evidence, demands.now());
  const lineage = jsonLineage(claims.lineage, "lineage");
  const operator = claims.operator ?? undefined;
  verifyBinding(crypto, { ...worker, purpose: "worker", nonce, lineage, operator }, accepted.authentic);
  requireAccepted(appraiseLineage(demands.policy.policy, lineage, demands.now()));
  if (!equal(worker.anchor, demands.anchor)) throw new ClientError({ code: "client/wrong-chain" });
  const { public_key: publicKey, signature } = claims.query_key;
  const queryKey = verifyQueryKey(crypto, worker, { publicKey, signature });
  return {
    ...accepted,
    worker,
    queryKey,
    policyHash: demands.policy.hash,
    evidence,
    lineage,
    operator,
    nonce,
  };
}

/**
 * Reads the reply to `get_evidence`. A worker that has no chain yet refuses the call with the code
 * `runtime/not-initialized`, which this function replaces with `client/not-initialized`.
 */
function evidenceReply(raw: RawReply): UnverifiedReply<OutputOf<typeof getEvidence>> {
  try {
    return unverifiedReply(getEvidence, raw);
  } catch (cause) {
    const { detail } = cause instanceof ClientError ? cause : {};
    if (detail?.code !== "client/refused" || detail.reason !== "runtime/not-initialized") throw cause;
    throw new ClientError({ code: "client/not-initialized" }, { cause });
  }
}
