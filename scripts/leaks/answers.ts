/**
 * Compares the sealed replies to each request by the interface alone: the shortest and the longest answer
 * that it allows, and every refusal. No story leads to all of them.
 */
import { answerText, type ChannelKind, encodeReply, type ReplyTo, sealReply } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { type BuiltIn, messageJson, type RequestInterface, refusalJson } from "@pruntime/interfaces";
import { extremeOf } from "./extremes.ts";
import type { Row } from "./row.ts";

/** One row for the replies to each request. */
export function answerRows(kind: ChannelKind, contracts: readonly BuiltIn[]): readonly Row[] {
  return contracts.flatMap((contract) => contract.requests.map((request) => rowOf(kind, contract, request)));
}

function rowOf(kind: ChannelKind, contract: BuiltIn, request: RequestInterface): Row {
  const { name, answer, example, refusals } = request;
  const extreme = (which: "shortest" | "longest") =>
    messageJson(name, extremeOf(answer, example.answer, which));
  const replies: readonly (readonly [what: string, bytes: number])[] = [
    ["the shortest answer", replyBytes(kind, extreme("shortest"))],
    ["the longest answer", replyBytes(kind, extreme("longest"))],
    ...refusals.map(({ name }) => [name, replyBytes(kind, refusalJson(name))] as const),
  ];
  const [[what, bytes] = ["", 0]] = replies;
  const other = replies.find((reply) => reply[1] !== bytes);
  return {
    name: `replies of ${contract.name}.${name}`,
    cases: replies.length,
    bytes,
    difference: other && `${what}: ${bytes} bytes\n${other[0]}: ${other[1]} bytes`,
  };
}

const aead = portableCrypto.aes256Gcm(new Uint8Array(32));

function replyBytes(kind: ChannelKind, answer: Json): number {
  const replyTo: ReplyTo =
    kind === "v1" ? { kind, aead, publicKey: new Uint8Array(65) } : { kind: "v2", aead };
  return encodeReply(sealReply(replyTo, new Uint8Array(12), answerText(canonicalJson(answer)))).length;
}
