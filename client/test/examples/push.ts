import type { WorkerClient } from "@pruntime/client";
import { accountOf, ChainClient } from "@pruntime/client/chain";
import { assets } from "@pruntime/client/contracts/assets";

export async function issue(worker: WorkerClient): Promise<number> {
  const chain = await ChainClient.connect("wss://node.example");
  try {
    const pushed = await worker.push(
      chain,
      accountOf("//Alice"),
      assets.issue({ symbol: "ABC", total: 1_000n }),
    );
    return pushed.blockNumber;
  } finally {
    chain.close();
  }
}

/** Without `ChainClient`: returns the text to put on chain, sealed to the worker for this sender. */
export function sealed(worker: WorkerClient, sender: Uint8Array): string {
  return worker.seal(sender, assets.issue({ symbol: "ABC", total: 1_000n }));
}
