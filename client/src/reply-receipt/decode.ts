/** Reads the JSON of a reply receipt, without verifying it. */
import { actions } from "@pruntime/api";
import {
  type EndorsedEvidence,
  jsonLineage,
  type Lineage,
  readEndorsedEvidence,
} from "@pruntime/core/attestation";
import { utf8 } from "@pruntime/core/bytes";
import {
  type Json,
  type JsonLimits,
  jsonAny,
  jsonEnum,
  jsonHex,
  jsonNullable,
  jsonObject,
  jsonString,
  jsonU32,
} from "@pruntime/core/json";
import { statementBytes } from "@pruntime/core/statement";
import type { KnownBlock } from "../progress.ts";
import type { Exchange } from "../reply.ts";
import type { TrustedWorker } from "../worker.ts";
import { ReplyReceiptError } from "./error.ts";

/**
 * The JSON of a reply receipt with its evidence.
 * @limit characters, levels
 * @source large enough for the largest reply to a query together with the largest evidence
 * @past `json/too-long` or `json/too-deep`
 */
export const replyReceiptLimits: JsonLimits = { maxLength: 16 << 20, maxDepth: 64 };

/** A reply receipt before verification. */
export interface UnverifiedReplyReceipt {
  /** The worker that the receipt claims to describe: keys, chain and anchor. */
  readonly worker: TrustedWorker;
  readonly evidence: EndorsedEvidence;
  /** The code that, as the receipt claims, held the worker's keys before it. */
  readonly lineage: Lineage;
  /** The account that, as the receipt claims, operates the worker. */
  readonly operator: Uint8Array | undefined;
  readonly nonce: Uint8Array;
  /**
   * The hash of the policy under which the receipt's maker accepted the worker. It is not signed, so the
   * maker may have written any hash.
   */
  readonly policyHash: Uint8Array;
  /**
   * The block that the query named as known to be final; `undefined` for a plain or v1 query, which names no
   * block. It is not signed: a v2 query names it inside the ciphertext, and the receipt's maker repeats it.
   */
  readonly knownBlock: KnownBlock | undefined;
  readonly exchange: Exchange & { readonly statement: NonNullable<Exchange["statement"]> };
}

/** The receipt's fields. `verifyStatement` decodes the statement. */
const fields = jsonObject({
  action: jsonEnum(actions.map(({ name }) => name)),
  evidence: readEndorsedEvidence,
  known_block: jsonNullable(
    jsonObject({
      from: jsonEnum(["finality", "node", "reply", "anchor"]),
      hash: jsonHex(32),
      number: jsonU32,
    }),
  ),
  lineage: jsonLineage,
  nonce: jsonHex(32),
  operator: jsonNullable(jsonHex(32)),
  policy_hash: jsonHex(32),
  reply: jsonObject({
    payload: jsonString(),
    signature: jsonHex(64),
    statement: jsonHex(statementBytes),
    statement_signature: jsonHex(64),
  }),
  request: jsonString(),
  version: jsonAny,
  worker: jsonObject({
    anchor: jsonHex(32),
    ecdh_public_key: jsonHex(65),
    genesis_hash: jsonHex(32),
    public_key: jsonHex(33),
  }),
});
const versionOf = jsonObject({ version: jsonU32 }, "ignored");

/**
 * Decodes a receipt's JSON, version 3, without verifying it.
 * @throws {@link ReplyReceiptError} `receipt/unknown-version`; JsonError
 */
export function readReplyReceipt(json: Json): UnverifiedReplyReceipt {
  const { version } = versionOf(json, "");
  if (version !== 3) throw new ReplyReceiptError({ code: "receipt/unknown-version", version });
  const { action, evidence, known_block, lineage, nonce, policy_hash, ...rest } = fields(json, "");
  const { operator, reply, request, worker } = rest;
  const { payload, signature, statement: bytes, statement_signature } = reply;
  const statement = { bytes, signature: statement_signature };
  return {
    worker: {
      anchor: worker.anchor,
      ecdhPublicKey: worker.ecdh_public_key,
      genesisHash: worker.genesis_hash,
      publicKey: worker.public_key,
    },
    evidence,
    lineage,
    operator: operator ?? undefined,
    nonce,
    policyHash: policy_hash,
    knownBlock: known_block ?? undefined,
    exchange: { action, request: utf8(request), payload, signature, statement },
  };
}
