/** Judges a receipt by itself: no worker, no chain, no network. */
import { type AttestationResult, type Authentic, appraise, verifyBinding } from "@pruntime/core/attestation";
import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import type { Statement } from "@pruntime/core/statement";
import { authenticate } from "../attested/authenticate.ts";
import type { TrustedPolicy } from "../attested/policy.ts";
import { checkExchange } from "../reply.ts";
import type { TrustedWorker } from "../worker.ts";
import type { UnverifiedReceipt } from "./decode.ts";
import { ReceiptError } from "./error.ts";

/** By what a receipt is judged. */
export interface ReceiptDemands {
  /** Unix milliseconds: when the evidence must have been in date. */
  readonly atMs: number;
  /** Absent: whether the evidence is authentic is told, not whether it is acceptable. */
  readonly policy?: TrustedPolicy;
  /** What the worker must have been told to trust, 32 bytes; absent: it is told. */
  readonly anchor?: Uint8Array;
}

/** What is true of a receipt. Whether its verdict is good is for the caller to see. */
export interface VerifiedReceipt {
  readonly worker: TrustedWorker;
  readonly authentic: Authentic;
  readonly verdict: AttestationResult | undefined;
  readonly statement: Statement;
}

/** How far ahead a chain's clock may be. */
const skewMs = 60_000;

/**
 * @throws {@link ReceiptError}, EvidenceError and those of the evidence's kind, BindingError, StatementError, CodecError; ClientError `client/bad-signature`
 */
export function verifyReceipt(
  crypto: Crypto,
  demands: ReceiptDemands,
  receipt: UnverifiedReceipt,
): VerifiedReceipt {
  const { worker, evidence, nonce, exchange } = receipt;
  const { atMs, policy, anchor } = demands;
  const authentic = authenticate(
    crypto,
    evidence,
    atMs,
    policy === undefined || policy.policy.simulated !== undefined,
  );
  verifyBinding(crypto, { ...worker, purpose: "worker", nonce }, authentic);
  if (anchor !== undefined && !equal(worker.anchor, anchor))
    throw new ReceiptError({ code: "receipt/wrong-anchor" });
  const statement = checkExchange(crypto, worker, exchange);
  if (!equal(statement.genesisHash, worker.genesisHash) || !equal(statement.anchor, worker.anchor))
    throw new ReceiptError({ code: "receipt/wrong-chain" });
  const { chainTimeMs } = statement;
  if (chainTimeMs > BigInt(atMs + skewMs))
    throw new ReceiptError({ code: "receipt/from-the-future", chainTimeMs, atMs });
  return { worker, authentic, verdict: policy && appraise(policy.policy, authentic, atMs), statement };
}
