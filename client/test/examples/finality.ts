import { type ConnectOptions, connect, portableCrypto, type WorkerClient } from "@pruntime/client";
import {
  checkpointAnchor,
  decodeCheckpoint,
  followFinality,
  httpRpc,
  rpcHeaders,
  startFromCheckpoint,
} from "@pruntime/client/finality";

/** @param checkpoint the JSON of `pruntime checkpoint`, which this program trusts */
export async function doubting(policy: ConnectOptions["policy"], checkpoint: string): Promise<WorkerClient> {
  const start = startFromCheckpoint(portableCrypto, decodeCheckpoint(checkpoint));
  const finality = followFinality(start, rpcHeaders(httpRpc("https://node.example")));
  return connect("https://worker.example", { policy, anchor: checkpointAnchor(checkpoint), finality });
}
