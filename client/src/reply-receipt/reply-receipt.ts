/**
 * A reply receipt: one answer of a worker, with the evidence about that worker, as a JSON document that any
 * party can verify later.
 *
 * The receipt proves that a key signed this reply to this request as of this finalized block and chain time.
 * It also proves that the evidence vouches for this key. It does not prove when the evidence was made,
 * because the maker of the receipt drew the nonce. Sealed requests and replies stay sealed in the receipt; a
 * plain request and its reply are readable.
 */
import { endorsedEvidenceToJson, lineageJson } from "@pruntime/core/attestation";
import { fromUtf8, toHex } from "@pruntime/core/bytes";
import type { JsonObject } from "@pruntime/core/json";
import type { Attested } from "../attested/challenge.ts";
import { ClientError } from "../error.ts";
import type { Exchange } from "../reply.ts";

/**
 * The receipt as JSON. Bytes are hex, and the keys are in alphabetical order, as in the 2020 interface's
 * JSON.
 */
export type ReplyReceipt = JsonObject;

/** Makes a reply receipt. @throws {@link ClientError} `client/no-receipt` if the reply has no statement */
export function replyReceiptOf(
  { worker, evidence, lineage, operator, nonce, policyHash }: Attested,
  exchange: Exchange,
): ReplyReceipt {
  const { action, request, payload, signature, statement, knownBlock: known } = exchange;
  if (statement === undefined)
    throw new ClientError({ code: "client/no-receipt", why: "the reply has no statement" });
  return {
    action,
    evidence: endorsedEvidenceToJson(evidence),
    known_block: known === undefined ? null : { ...known, hash: toHex(known.hash) },
    lineage: lineageJson(lineage),
    nonce: toHex(nonce),
    operator: operator === undefined ? null : toHex(operator),
    policy_hash: toHex(policyHash),
    reply: {
      payload,
      signature: toHex(signature),
      statement: toHex(statement.bytes),
      statement_signature: toHex(statement.signature),
    },
    request: fromUtf8(request),
    version: 3,
    worker: {
      anchor: toHex(worker.anchor),
      ecdh_public_key: toHex(worker.ecdhPublicKey),
      genesis_hash: toHex(worker.genesisHash),
      public_key: toHex(worker.publicKey),
    },
  };
}
