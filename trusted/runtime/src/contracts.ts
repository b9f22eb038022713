/** The contracts of a worker: the built-in ones, on an executor of their own. */
import type { Crypto } from "@pruntime/core/crypto";
import { builtInContracts, type DataArea, Executor } from "@pruntime/executor";

/** An executor, and the data area of its DataPlaza, which stands beside the state. */
export interface WorkerContracts {
  readonly executor: Executor;
  readonly data: DataArea;
}

/** The contracts as they are before the first block, with no files in the data area. */
export function createContracts(crypto: Crypto, stateKey: Uint8Array): WorkerContracts {
  const { contracts, services, data } = builtInContracts();
  return { executor: new Executor({ crypto, stateKey, contracts, services }), data };
}
