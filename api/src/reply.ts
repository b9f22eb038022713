/** What a worker answers: the 2020 envelope in the body, and what is new beside it in headers. */
import type { Json, JsonObject } from "@pruntime/core/json";

/**
 * The body of every answer of the enclave. A refusal that 2020 had no words for has a status of 4xx and `code` in front of these three keys;
 * one that 2020 had is a 200 with `status: "error"` and exactly the 2020 payload.
 */
export interface ReplyEnvelope {
  /** JSON text. */
  readonly payload: string;
  /** secp256k1 r ‖ s (128 hex digits) by the identity key over sha256 of `payload`. */
  readonly signature: string;
  readonly status: "ok" | "error";
  readonly code?: string;
  /**
   * Only in replies to `get_evidence`: what the gateway has fetched to complete the payload's `evidence`. The worker does not sign it, and need not: the hardware's maker
   * has. Absent where there is none (simulation) or it could not be fetched.
   */
  readonly collateral?: JsonObject;
}

/** The payload of `get_evidence`. */
export interface GetEvidence {
  readonly anchor: string;
  readonly ecdh_public_key: string;
  /** What the hardware gave, by `kind`. */
  readonly evidence: JsonObject;
  readonly genesis_hash: string;
  readonly nonce: string;
  readonly provider: string;
  readonly public_key: string;
  readonly purpose: "worker" | "registration";
}

/** HTTP headers that carry what the 2020 body has no room for; values are hex without `0x`, or a code. */
export const replyHeaders = {
  statement: "pruntime-statement",
  statementSignature: "pruntime-statement-signature",
  code: "pruntime-code",
} as const;

/** The body of a refusal by the gateway: nobody signs it. */
export interface GatewayRefusal {
  readonly code: string;
  readonly message: string;
  readonly status: "error";
}

/** The payload of `get_info`, in the 2020 shape. */
export interface GetInfo {
  /** The next wanted block. */
  readonly blocknum: number;
  readonly ecdh_public_key: string;
  readonly initialized: boolean;
  readonly public_key: string;
}

/** Where commands come from: proven events, or block bodies as in 2020. */
export type CommandSource = "events" | "bodies";

/** A block as the worker names it. */
export interface BlockName {
  readonly hash: string;
  readonly number: number;
}

/** The payload of `get_status`: all a relay, an operator or a client wants to know without reading state. */
export interface GetStatus {
  /** Names all the worker was told to trust; empty before init. */
  readonly anchor: string;
  readonly authorities: { readonly count: number; readonly set_id: string } | null;
  /** Milliseconds, decimal; "0" while unknown. */
  readonly chain_time_ms: string;
  readonly command_source: CommandSource | null;
  readonly contracts: readonly { readonly id: number; readonly name: string }[];
  /** The last block whose commands were executed. */
  readonly dispatched: BlockName | null;
  readonly ecdh_public_key: string;
  readonly finalized: BlockName | null;
  readonly genesis_hash: string;
  readonly initialized: boolean;
  readonly measurement: string;
  /** The parachain that is followed, and the last finalized block of its relay chain. */
  readonly parachain: { readonly id: number; readonly relay: BlockName } | null;
  /** Evidence provider; `simulated` has no hardware behind it. */
  readonly provider: string;
  readonly public_key: string;
  readonly state_root: string;
  readonly version: string;
}

/** A JSON value as the interface writes it. */
export type Wire = Json;
