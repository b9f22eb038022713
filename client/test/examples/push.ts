import type { WorkerClient } from "@pruntime/client";
import { accountOf, awaitExecutionReceipt, ChainClient } from "@pruntime/client/chain";
import { assets } from "@pruntime/client/contracts/assets";

/** Returns the command's outcome, such as `Ok`. */
export async function issue(worker: WorkerClient): Promise<string> {
  const account = accountOf("//Alice");
  const chain = await ChainClient.connect("wss://node.example");
  try {
    const pushed = await worker.push(chain, account, assets.issue({ symbol: "ABC", total: 1_000n }));
    return await awaitExecutionReceipt(worker, account, pushed, 60_000);
  } finally {
    chain.close();
  }
}

/** Without `ChainClient`: returns the text to put on chain, sealed to the worker for this sender. */
export function sealed(worker: WorkerClient, sender: Uint8Array): string {
  return worker.seal(sender, assets.issue({ symbol: "ABC", total: 1_000n }));
}
