import type { WorkerClient } from "@pruntime/client";
import { accountOf, ChainClient } from "@pruntime/client/chain";
import { assets } from "@pruntime/client/contracts/assets";

/** Returns the command's outcome, such as `Ok`. The caller may end it at any step. */
export async function issue(worker: WorkerClient, signal: AbortSignal): Promise<string> {
  const account = accountOf("//Alice");
  const chain = await ChainClient.connect("wss://node.example");
  try {
    const push = worker.push(chain, account, assets.issue({ symbol: "ABC", total: 1_000n }), { signal });
    for await (const { step } of push) console.log(step); // sealed, in-block, finalized, executed
    return (await push.executed).outcome;
  } finally {
    chain.close();
  }
}

/** Without `ChainClient`: returns the text to put on chain, sealed to the worker for this sender. */
export function sealed(worker: WorkerClient, sender: Uint8Array): string {
  return worker.seal(sender, assets.issue({ symbol: "ABC", total: 1_000n }));
}
