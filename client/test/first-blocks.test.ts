import type { JsonRpcProvider } from "polkadot-api";
import { expect, it } from "vitest";
import { withFewFirstBlocks } from "../src/chain/first-blocks.ts";

type Message = Parameters<Parameters<JsonRpcProvider>[0]>[0];

const started = (...finalizedBlockHashes: readonly string[]): Message => ({
  jsonrpc: "2.0",
  method: "chainHead_v1_followEvent",
  params: {
    subscription: "a",
    result: { event: "initialized", finalizedBlockHashes, finalizedBlockRuntime: 1 },
  },
});

/** Returns what the client and the node receive when the node sends these messages. */
function exchange(...messages: readonly Message[]) {
  const [received, sent] = [[] as Message[], [] as unknown[]];
  let emit: (message: Message) => void = () => undefined;
  const node: JsonRpcProvider = (onMessage) => {
    emit = onMessage;
    return { send: (message) => sent.push(message), disconnect: () => undefined };
  };
  withFewFirstBlocks(node)((message) => received.push(message));
  for (const message of messages) emit(message);
  return { received, sent };
}

it("leaves the last two final blocks of the first subscription, and unpins the others", () => {
  const { received, sent } = exchange(started("1", "2", "3", "4"));
  expect(received).toEqual([started("3", "4")]);
  expect(sent).toMatchObject([{ method: "chainHead_v1_unpin", params: ["a", ["1", "2"]] }]);
});

it("does not pass on the answer to its own unpin request", () => {
  const { sent } = exchange(started("1", "2", "3"));
  const { id } = sent[0] as { id: string };
  const [mine, other]: Message[] = [
    { jsonrpc: "2.0", id, result: null },
    { jsonrpc: "2.0", id: "7", result: null },
  ];
  expect(exchange(mine as Message, other as Message).received).toEqual([other]);
});

it("changes neither short lists, nor later subscriptions, nor other messages", () => {
  const others: Message[] = [
    { jsonrpc: "2.0", id: "1", result: { event: "initialized" } },
    { jsonrpc: "2.0", method: "state_storage", params: { result: { event: "initialized" } } },
    {
      jsonrpc: "2.0",
      method: "chainHead_v1_followEvent",
      params: { subscription: "a", result: { event: "newBlock" } },
    },
    started("1", "2"),
    started("1", "2", "3"),
  ];
  const { received, sent } = exchange(...others);
  expect([received, sent]).toEqual([others, []]);
});
