import { RelayError } from "../error.ts";
import type { NodeConnection } from "./connection.ts";

/**
 * Subscribes, if the node can. Over HTTP no node can, and some nodes do not offer GRANDPA's methods. The
 * caller then asks for the finalized head at intervals, and proofs come from other sources.
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
