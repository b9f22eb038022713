import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ss58Account } from "@pruntime/client";
import { headerOfJson } from "@pruntime/client/finality";
import { readReplyReceipt, replyReceiptLimits, verifyReplyReceipt } from "@pruntime/client/reply-receipt";
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { parseJson } from "@pruntime/core/json";
import { Broken, each, signaturesHeap, type Target, verdict } from "../target.ts";

const vectors = join(import.meta.dirname, "../../vectors/verify");
const file = (name: string) => Uint8Array.from(readFileSync(join(vectors, name)));
const genuine = readReplyReceipt(parseJson(fromUtf8(file("receipt.json")), replyReceiptLimits));
const atMs = Date.parse("2023-11-14T22:13:21Z");

/**
 * A changed receipt that still verifies must contain the original answer. Its evidence may differ, because
 * any program can sign simulated evidence.
 */
function receipt(text: string): unknown {
  const read = readReplyReceipt(parseJson(text, replyReceiptLimits));
  const verified = verdict(() => verifyReplyReceipt(crypto, { atMs }, read).statement);
  if (typeof verified !== "string" && read.exchange.payload !== genuine.exchange.payload)
    throw new Broken("the worker did not give that answer");
  return verified;
}

/** Reads texts that only clients read: reply receipts, headers in the JSON of nodes, and addresses. */
export const target: Target = {
  leastHeap: signaturesHeap,
  words: [
    '"version":1',
    '"reply":',
    '"statement":"',
    "0x",
    "1",
    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  ],
  run: (input) =>
    each(input, {
      receipt: (bytes) => receipt(fromUtf8(bytes)),
      header: (bytes) => {
        const encoded = headerOfJson(parseJson(fromUtf8(bytes)));
        return [encoded, decodeHeader(encoded)];
      },
      address: (bytes) => ss58Account(fromUtf8(bytes)),
    }),
  genuine: () => ({
    receipt: file("receipt.json"),
    header: file("header.json"),
    address: utf8("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
    "address-of-two": utf8("yGHXkYLYqxijLKKfd9Q2CB9shRVu8rPNBS53wvwGTutYg4zTg"),
  }),
};
