/**
 * `pruntime verify receipt`: shows which worker signed the answer in a reply receipt, and the time of the
 * answer. The command asks neither a worker nor a chain.
 */
import { ClientError } from "@pruntime/client";
import {
  readReplyReceipt,
  replyReceiptLimits,
  type VerifiedReplyReceipt,
  verifyReplyReceipt,
} from "@pruntime/client/reply-receipt";
import { lineageJson } from "@pruntime/core/attestation";
import { type Json, parseJson } from "@pruntime/core/json";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Command } from "commander";
import { hexArgument, momentArgument } from "../offline/arguments.ts";
import { runOffline } from "../offline/run.ts";
import { readPolicyFile } from "../policy/file.ts";
import { maxDocumentBytes, readText } from "../terminal/file.ts";
import { withoutNode } from "./decode.ts";

interface ReplyReceiptOptions {
  readonly at?: string;
  readonly policy?: string;
  readonly anchor?: string;
}

/** Adds `pruntime verify receipt`. */
export function registerVerifyReplyReceipt(verify: Command): void {
  withoutNode(verify.command("receipt <file>"))
    .description(
      "check a client's reply receipt: the worker's evidence, and the reply that the worker signed",
    )
    .option(
      "--at <moment>",
      "the time at which the evidence must have been valid, such as 2026-12-31T23:59:59Z; default: now",
    )
    .option(
      "--policy <file>",
      "refuse the worker unless this policy accepts its evidence; default: check only authenticity",
    )
    .option("--anchor <hex>", "refuse the worker unless it began at this anchor: 0x and 32 bytes")
    .addHelpText(
      "after",
      `
A reply receipt proves that a key, for which evidence of this kind vouches, signed this reply to this request,
and as of which finalized block the reply is valid. It does not prove when the evidence was requested, because
the maker of the reply receipt chose the nonce. Sealed content stays sealed.
The maker also states which block the query named as known to be final. No signature covers this statement.

Evidence expires. To check an old reply receipt, give the time at which you trust that the evidence was valid.

Examples:
  $ pruntime verify receipt receipt.json
  $ pruntime verify receipt receipt.json --policy policy.json --at 2026-12-31T23:59:59Z`,
    )
    .action((file: string, options: ReplyReceiptOptions) =>
      runOffline(() => verifyReplyReceiptFile(file, options)),
    );
}

async function verifyReplyReceiptFile(
  file: string,
  { at, policy, anchor }: ReplyReceiptOptions,
): Promise<object> {
  const atMs = at === undefined ? Date.now() : momentArgument("--at", at);
  const crypto = await createNativeCrypto();
  const demands = {
    atMs,
    ...(policy === undefined ? {} : { policy: readPolicyFile(crypto, policy, {}) }),
    ...(anchor === undefined ? {} : { anchor: hexArgument("--anchor", anchor, 32) }),
  };
  const receipt = readReplyReceipt(parseJson(readText(file, maxDocumentBytes), replyReceiptLimits));
  const verified = verifyReplyReceipt(crypto, demands, receipt);
  const { verdict } = verified;
  if (verdict?.accepted === false)
    throw new ClientError({
      code: "client/policy-refused",
      reasons: verdict.reasons.map(({ rule, said }) => `${rule}: ${said}`),
    });
  const reply = parseJson(receipt.exchange.payload, replyReceiptLimits);
  return { ...shown(verified, reply, receipt.policyHash), checkedAt: new Date(atMs).toISOString() };
}

function shown(
  { worker, authentic, lineage, operator, verdict, statement, knownBlock }: VerifiedReplyReceipt,
  reply: Json,
  madeUnder: Uint8Array,
): object {
  const { kind, tcbStatus, advisories, measurements } = authentic;
  const { chainTimeMs, dispatchedNumber, dispatchedHash, finalizedNumber, finalizedHash, stateRoot } =
    statement;
  return {
    verdict: verdict === undefined ? null : "accepted",
    kind,
    tcbStatus,
    advisories,
    measurements,
    lineage: lineageJson(lineage),
    operator: operator ?? null,
    publicKey: worker.publicKey,
    genesisHash: worker.genesisHash,
    anchor: worker.anchor,
    finalized: { number: finalizedNumber, hash: finalizedHash },
    dispatched: { number: dispatchedNumber, hash: dispatchedHash },
    knownBlock: knownBlock ?? null,
    chainTime: new Date(Number(chainTimeMs)).toISOString(),
    stateRoot,
    reply,
    madeUnderPolicy: madeUnder,
  };
}
