/** Verifies workers, seals commands, sends queries and checks replies, in browsers and in Node.js. */

export { portableCrypto } from "@pruntime/core/crypto";
export type { ContractInterface } from "@pruntime/interfaces";
export type { Answer } from "./answer.ts";
export type { Attested, FetchCollateral } from "./attested/challenge.ts";
export type { CarriedPolicy, PolicySource } from "./attested/policy.ts";
export { AttestationResultCache } from "./attested/result.ts";
export {
  type CommandChain,
  connectTrustingWhoeverAnswers,
  type PushOptions,
  type QueryOptions,
  type Sender,
  type WorkerClient,
} from "./client.ts";
export * from "./connect.ts";
export * from "./contracts/contract.ts";
export * from "./error.ts";
export type { ClientOptions } from "./options.ts";
export { decodeSession, type KnownBlock, type KnownFrom, type StoredSession } from "./progress.ts";
export type { Executed, InBlock, Push, PushStep, Sealed, SubmitOptions } from "./push.ts";
export { readAtMost } from "./read-at-most.ts";
export { type CheckedReply, type Exchange, type UnverifiedReply, unverifiedReply } from "./reply.ts";
export type { ReplyReceipt } from "./reply-receipt/reply-receipt.ts";
export { requestBody } from "./request.ts";
export * from "./signers/index.ts";
export * from "./transport.ts";
export type { Freshness, ReplicaSet, TrustedWorker } from "./worker.ts";
