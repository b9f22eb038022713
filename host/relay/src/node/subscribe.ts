import { RelayError } from "../error.ts";
import type { NodeConnection } from "./connection.ts";

/**
 * Subscribes if the node offers the subscription. No node offers subscriptions over HTTP, and some nodes do
 * not offer GRANDPA's methods. Without a subscription, the caller asks for the finalized head at intervals,
 * and gets proofs from other sources.
 * @throws {@link RelayError} as the connection's `subscribe`, unless the node refuses the subscription
 */
export async function subscribeIfOffered(
  connection: NodeConnection,
  method: string,
  onMessage: (result: unknown) => void,
): Promise<void> {
  try {
    await connection.subscribe(method, onMessage);
  } catch (error) {
    if (!(error instanceof RelayError) || !tolerated.includes(error.code)) throw error;
  }
}

const tolerated: readonly string[] = ["relay/node-refused", "relay/method-not-found"];
