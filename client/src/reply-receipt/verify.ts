/** Verifies a reply receipt offline, without a worker, a chain or a network. */
import {
  type AttestationResult,
  type Authentic,
  appraise,
  appraiseLineage,
  developmentRoots,
  hardwareRoots,
  type Lineage,
  verifyBinding,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import type { Statement } from "@pruntime/core/statement";
import type { TrustedPolicy } from "../attested/policy.ts";
import type { KnownBlock } from "../progress.ts";
import { checkExchange } from "../reply.ts";
import type { TrustedWorker } from "../worker.ts";
import type { UnverifiedReplyReceipt } from "./decode.ts";
import { ReplyReceiptError } from "./error.ts";

/** What a verifier requires of a reply receipt. */
export interface ReplyReceiptDemands {
  /** The time at which the evidence must be valid, in Unix milliseconds. */
  readonly atMs: number;
  /**
   * The policy by which the evidence is appraised; if absent, only the evidence's authenticity is verified.
   */
  readonly policy?: TrustedPolicy;
  /**
   * The anchor at which the worker must have started, 32 bytes; if absent, any anchor is accepted and
   * reported.
   */
  readonly anchor?: Uint8Array;
}

/**
 * The facts that a reply receipt proves, and the policy's verdict; `verdict` is `undefined` without a
 * policy. A refusal is not an error here: the caller decides what follows from it.
 */
export interface VerifiedReplyReceipt {
  readonly worker: TrustedWorker;
  readonly authentic: Authentic;
  /** The code that held the worker's keys before it. */
  readonly lineage: Lineage;
  /** The account that operates the worker, 32 bytes; `undefined` if the operator has not named it. */
  readonly operator: Uint8Array | undefined;
  readonly verdict: AttestationResult | undefined;
  readonly statement: Statement;
  /** The block that the query named as known to be final, according to the receipt's maker. */
  readonly knownBlock: KnownBlock | undefined;
}

/** How far the reply's chain time may be ahead of `atMs`, because clocks differ. */
const skewMs = 60_000;

/**
 * Verifies the evidence, binding, signature and statement of a reply receipt.
 * @throws {@link ReplyReceiptError}, EvidenceError and those of the evidence's kind, BindingError,
 * StatementError, CodecError; ClientError `client/bad-signature`
 */
export function verifyReplyReceipt(
  crypto: Crypto,
  demands: ReplyReceiptDemands,
  receipt: UnverifiedReplyReceipt,
): VerifiedReplyReceipt {
  const { worker, evidence, lineage, operator, nonce, exchange } = receipt;
  const { atMs, policy, anchor } = demands;
  // Without a policy, the caller gets the kind and judges simulated evidence.
  const simulation = policy === undefined || policy.policy.simulated !== undefined;
  const roots = simulation ? developmentRoots(crypto) : hardwareRoots;
  const authentic = verifyEvidence(crypto, roots, evidence, atMs);
  verifyBinding(crypto, { ...worker, purpose: "worker", nonce, lineage, operator }, authentic);
  if (anchor !== undefined && !equal(worker.anchor, anchor))
    throw new ReplyReceiptError({ code: "receipt/wrong-anchor" });
  const statement = checkExchange(crypto, worker, exchange);
  if (!equal(statement.genesisHash, worker.genesisHash) || !equal(statement.anchor, worker.anchor))
    throw new ReplyReceiptError({ code: "receipt/wrong-chain" });
  checkKnownBlock(statement, receipt.knownBlock);
  const { chainTimeMs } = statement;
  if (chainTimeMs > BigInt(atMs + skewMs))
    throw new ReplyReceiptError({ code: "receipt/from-the-future", chainTimeMs, atMs });
  return {
    worker,
    authentic,
    lineage,
    operator,
    verdict: policy && verdictOf(policy, authentic, lineage, atMs),
    statement,
    knownBlock: receipt.knownBlock,
  };
}

function verdictOf(
  { policy }: TrustedPolicy,
  authentic: Authentic,
  lineage: Lineage,
  atMs: number,
): AttestationResult {
  const ofCode = appraise(policy, authentic, atMs).reasons;
  const reasons = [...ofCode, ...appraiseLineage(policy, lineage, atMs)];
  return { accepted: reasons.length === 0, reasons };
}

/**
 * Checks that the worker can have dispatched the block that the query named.
 * @throws {@link ReplyReceiptError} `receipt/wrong-block`
 */
function checkKnownBlock(
  { dispatchedNumber, dispatchedHash }: Statement,
  known: KnownBlock | undefined,
): void {
  if (known === undefined || known.number < dispatchedNumber) return;
  if (known.number > dispatchedNumber || !equal(known.hash, dispatchedHash))
    throw new ReplyReceiptError({ code: "receipt/wrong-block", number: known.number });
}
