/** Makes sure that the worker is initialized and follows the chain of this session's node. */
import { type GetStatus, type InitInput, initRuntime } from "@pruntime/api";
import { toHex } from "@pruntime/core/bytes";
import { RelayError } from "../error.ts";
import { fetchInitInput } from "../fetch/init-input.ts";
import { fetchParachainInput } from "../fetch/parachain.ts";
import type { RemoteWorker } from "../worker.ts";
import type { Session } from "./context.ts";

/**
 * Returns the status of an initialized worker on this node's chain. Initializes a fresh worker if the options
 * allow it.
 * @throws {@link RelayError} `relay/not-initialized`, `relay/runtime-unreadable`, `relay/parachain-mismatch`,
 * `relay/wrong-chain`
 */
export async function readyStatus(session: Session): Promise<GetStatus> {
  const { node, para, worker, options, progress } = session;
  let status = await worker.status();
  if (!status.initialized) {
    if (!options.init) throw new RelayError({ code: "relay/not-initialized" });
    await initialize(worker, await initInput(session));
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

async function initInput({ node, para, options: { terms, initInput } }: Session): Promise<InitInput> {
  if (initInput !== undefined) return initInput;
  return para === undefined ? fetchInitInput(node, terms) : fetchParachainInput(node, para, terms);
}

/** Initializes a fresh worker. @throws {@link RelayError} `relay/runtime-unreadable` */
async function initialize(worker: RemoteWorker, input: InitInput): Promise<void> {
  try {
    await worker.call(initRuntime, input);
  } catch (cause) {
    const reason = cause instanceof RelayError && "reason" in cause.detail ? cause.detail.reason : "";
    if (!/^(?:code|metadata)\//.test(reason)) throw cause;
    throw new RelayError({ code: "relay/runtime-unreadable", reason }, { cause });
  }
}
