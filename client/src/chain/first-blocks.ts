/**
 * Works around an error of polkadot-api 2.2.2. A node starts a `chainHead_v1_follow` subscription with up to
 * 16 final blocks. If one of them changed the runtime, polkadot-api searches for that block. In a list of
 * three or more blocks, the search never ends, and the client answers no call.
 */
import type { JsonRpcProvider } from "polkadot-api";

type Message = Parameters<Parameters<JsonRpcProvider>[0]>[0];

/** The length of the longest list in which polkadot-api finds the change. */
const most = 2;
const unpinId = "unpin-first-blocks";

/**
 * Returns a provider whose first subscription starts with the last two final blocks, and which unpins the
 * others. Later lists are unchanged: after an interruption, the client searches them for its transactions.
 */
export function withFewFirstBlocks(provider: JsonRpcProvider): JsonRpcProvider {
  return (onMessage) => {
    let first = true;
    const connection = provider((message) => {
      if ("id" in message && message.id === unpinId) return;
      const started = first ? startOf(message) : undefined;
      if (started === undefined) return onMessage(message);
      first = false;
      const { subscription, result } = started;
      const hashes = result.finalizedBlockHashes;
      const [unpinned, kept] = [hashes.slice(0, -most), hashes.slice(-most)];
      const params = { subscription, result: { ...result, finalizedBlockHashes: kept } };
      onMessage({ ...message, params } as Message);
      if (unpinned.length > 0)
        connection.send({
          jsonrpc: "2.0",
          id: unpinId,
          method: "chainHead_v1_unpin",
          params: [subscription, unpinned],
        });
    });
    return connection;
  };
}

/** The first event of a subscription. */
interface Start {
  readonly subscription: string;
  readonly result: { readonly event: "initialized"; readonly finalizedBlockHashes: readonly string[] };
}

function startOf(message: Message): Start | undefined {
  if (!("method" in message) || message.method !== "chainHead_v1_followEvent") return undefined;
  const { result } = message.params as { readonly result?: Partial<Start["result"]> };
  return result?.event === "initialized" ? (message.params as Start) : undefined;
}
