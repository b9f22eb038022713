import { type ConnectOptions, connect, type WorkerClient } from "@pruntime/client";
import { checkpointAnchor, followFinality, httpRpc, rpcHeaders } from "@pruntime/client/finality";
import { portableCrypto } from "@pruntime/core/crypto";
import { decodeCheckpoint, startFromCheckpoint } from "@pruntime/core/light-client";

/** @param checkpoint the JSON of `pruntime checkpoint`, which this program trusts */
export async function doubting(policy: ConnectOptions["policy"], checkpoint: string): Promise<WorkerClient> {
  const start = startFromCheckpoint(portableCrypto, decodeCheckpoint(checkpoint));
  const finality = followFinality(start, rpcHeaders(httpRpc("https://node.example")));
  return connect("https://worker.example", { policy, anchor: checkpointAnchor(checkpoint), finality });
}
