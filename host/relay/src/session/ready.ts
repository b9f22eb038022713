/** Makes sure that the worker is initialized and follows the chain of this session's node. */
import { type GetStatus, type InitInput, initRuntime } from "@pruntime/api";
import { toHex } from "@pruntime/core/bytes";
import type { MeaningKind } from "@pruntime/core/light-client";
import { RelayError, wasRefused } from "../error.ts";
import { fetchInitInput } from "../fetch/init-input.ts";
import { fetchParachainInput } from "../fetch/parachain.ts";
import type { RemoteWorker } from "../worker.ts";
import type { Session } from "./context.ts";

/**
 * Returns the status of an initialized worker on this node's chain. Initializes a fresh worker if the options
 * allow it.
 * @throws {@link RelayError} `relay/not-initialized`, `relay/parachain-mismatch`, `relay/wrong-chain`
 */
export async function readyStatus(session: Session): Promise<GetStatus> {
  const { node, para, worker, options, progress } = session;
  let status = await worker.status();
  if (!status.initialized) {
    if (!options.init) throw new RelayError({ code: "relay/not-initialized" });
    await initialize(worker, (meaning) =>
      para === undefined ? fetchInitInput(node, meaning) : fetchParachainInput(node, para, meaning),
    );
    progress.note("worker initialized");
    status = await worker.status();
    if (!status.initialized) throw new RelayError({ code: "relay/not-initialized" });
  }
  if (status.parachain?.id !== para?.id)
    throw new RelayError({ code: "relay/parachain-mismatch", worker: status.parachain?.id, given: para?.id });
  const genesis = toHex(await (para?.node ?? node).genesisHash());
  if (status.genesis_hash !== genesis)
    throw new RelayError({ code: "relay/wrong-chain", worker: status.genesis_hash, node: genesis });
  return status;
}

/**
 * Sends the worker a proof of the runtime's code, or the metadata if the worker cannot get it from that code.
 */
async function initialize(
  worker: RemoteWorker,
  input: (meaning: MeaningKind) => Promise<InitInput>,
): Promise<void> {
  try {
    await worker.call(initRuntime, await input("proven"));
  } catch (error) {
    if (!wasRefused(error, "code/no-metadata") && !wasRefused(error, "code/not-in-state")) throw error;
    await worker.call(initRuntime, await input("told"));
  }
}
