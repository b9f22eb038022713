/**
 * Asks a worker for evidence over a fresh nonce, and believes its keys when the evidence is bound to them,
 * authentic and acceptable, and the chain is the expected one.
 */
import { getEvidence, type OutputOf } from "@pruntime/api";
import {
  type EndorsedEvidence,
  endorseEvidence,
  readEndorsedEvidence,
  verifyBinding,
} from "@pruntime/core/attestation";
import { equal, toHex } from "@pruntime/core/bytes";
import type { Crypto, Random } from "@pruntime/core/crypto";
import type { JsonObject } from "@pruntime/core/json";
import { ClientError } from "../error.ts";
import { checkReply, type UnverifiedReply, unverifiedReply } from "../reply.ts";
import { requestBody } from "../request.ts";
import type { RawReply, Transport } from "../transport.ts";
import type { TrustedWorker } from "../worker.ts";
import type { TrustedPolicy } from "./policy.ts";
import type { AcceptedEvidence, AttestationResultCache } from "./result.ts";

/** What a worker has to be. The client chooses all of it. */
export interface Demands {
  readonly policy: TrustedPolicy;
  /** The anchor that the worker must have, 32 bytes: it names the chain and the start point. */
  readonly anchor: Uint8Array;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** A worker that meets them. */
export interface Attested extends AcceptedEvidence {
  readonly worker: TrustedWorker;
  readonly policyHash: Uint8Array;
  readonly evidence: EndorsedEvidence;
  /** What this client had drawn for it, 32 bytes. */
  readonly nonce: Uint8Array;
}

/**
 * Fetches what a hardware's maker publishes about what the hardware gave; in either the keys are those of
 * evidence as JSON.
 */
export type FetchCollateral = (evidence: JsonObject) => Promise<JsonObject>;

/** How a worker is asked. */
export interface Asking {
  readonly transport: Transport;
  readonly crypto: Crypto;
  readonly random: Random;
  readonly results: AttestationResultCache;
  /** Default: what the worker's host puts beside the evidence. The hardware's maker signs either. */
  readonly collateral?: FetchCollateral;
}

/**
 * Has a worker show evidence over a nonce that is drawn here, and judges it.
 * @throws EvidenceError and those of the evidence's kind, BindingError, JsonError; {@link ClientError}
 * `client/policy-refused`, `client/wrong-chain`, `client/bad-signature`, `client/not-initialized`
 */
export async function challenge(demands: Demands, asking: Asking): Promise<Attested> {
  const { transport, crypto, random, results, collateral } = asking;
  const nonce = random(32);
  const body = requestBody(random, { nonce: toHex(nonce) });
  const raw = await transport(getEvidence.name, body);
  const said = evidenceReply(raw);
  const { evidence: shown, ...claims } = said.value;
  const worker = {
    anchor: claims.anchor,
    ecdhPublicKey: claims.ecdh_public_key,
    genesisHash: claims.genesis_hash,
    publicKey: claims.public_key,
  };
  checkReply(crypto, worker, getEvidence, body, raw);
  const fetched = (await collateral?.(shown)) ?? said.collateral ?? {};
  const evidence = readEndorsedEvidence(endorseEvidence(shown, fetched), "evidence");
  const accepted = results.accept(crypto, demands.policy, evidence, demands.now());
  verifyBinding(crypto, { ...worker, purpose: "worker", nonce }, accepted.authentic);
  if (!equal(worker.anchor, demands.anchor)) throw new ClientError({ code: "client/wrong-chain" });
  return { ...accepted, worker, policyHash: demands.policy.hash, evidence, nonce };
}

/**
 * Without a chain there is nothing to bind evidence to: a worker that has none says so by a code of its
 * own.
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
