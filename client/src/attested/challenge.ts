/** Asks a worker for evidence over a fresh nonce, and believes its keys when the evidence is bound to them, authentic and acceptable, and the chain is the expected one. */
import type { ActionName } from "@pruntime/api";
import { completeEvidence, verifyBinding } from "@pruntime/core/attestation";
import { equal, toHex } from "@pruntime/core/bytes";
import type { Crypto, Random } from "@pruntime/core/crypto";
import type { Json, JsonObject } from "@pruntime/core/json";
import { ClientError } from "../error.ts";
import { checkReply, unverifiedReply } from "../reply.ts";
import { requestBody } from "../request.ts";
import type { Transport } from "../transport.ts";
import type { TrustedWorker } from "../worker.ts";
import { objectOf, readClaims } from "./claims.ts";
import type { TrustedPolicy } from "./policy.ts";
import type { AcceptedEvidence, VerdictCache } from "./verdict.ts";

/** What a worker has to be. All of it is the client's own. */
export interface Demands {
  readonly policy: TrustedPolicy;
  /** What the worker must have been told to trust, 32 bytes: it names the chain, and from where it is followed. */
  readonly anchor: Uint8Array;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** A worker that met them. */
export interface Attested extends AcceptedEvidence {
  readonly worker: TrustedWorker;
  readonly policyHash: Uint8Array;
  /** As JSON, whole. */
  readonly evidence: JsonObject;
  /** What this client had drawn for it, 32 bytes. */
  readonly nonce: Uint8Array;
}

/** Completes evidence by what its hardware's maker publishes. */
export type FetchCollateral = (evidence: JsonObject) => Promise<JsonObject>;

/** How a worker is asked. */
export interface Asking {
  readonly transport: Transport;
  readonly crypto: Crypto;
  readonly random: Random;
  readonly verdicts: VerdictCache;
  /** Default: what the worker's host has put beside its evidence. Either is signed by the hardware's maker. */
  readonly collateral?: FetchCollateral;
}

const action: ActionName = "get_evidence";

/**
 * @throws EvidenceError and those of the evidence's kind, BindingError, JsonError; {@link ClientError} `client/policy-refused`, `client/wrong-chain`, `client/bad-signature`
 */
export async function challenge(demands: Demands, asking: Asking): Promise<Attested> {
  const { transport, crypto, random, verdicts, collateral } = asking;
  const nonce = random(32);
  const body = requestBody(random, { nonce: toHex(nonce) });
  const raw = await transport(action, body);
  const said = unverifiedReply(raw);
  const { worker, evidence: quoted } = readClaims(said.payload);
  checkReply(crypto, worker, action, body, raw);
  const evidence = completeEvidence(quoted, await (collateral?.(quoted) ?? beside(said.collateral)));
  const accepted = verdicts.accept(crypto, demands.policy, evidence, demands.now());
  verifyBinding(crypto, { ...worker, purpose: "worker", nonce }, accepted.authentic);
  if (!equal(worker.anchor, demands.anchor)) throw new ClientError({ code: "client/wrong-chain" });
  return { ...accepted, worker, policyHash: demands.policy.hash, evidence, nonce };
}

function beside(collateral: Json | undefined): JsonObject {
  return collateral === undefined ? {} : objectOf(collateral, "collateral");
}
