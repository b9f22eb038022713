/** The contracts of a worker: the built-in contracts, and the executor that runs them. */
import type { Crypto } from "@pruntime/core/crypto";
import type { GenesisBalance } from "@pruntime/core/light-client";
import { builtInContracts, type DataArea, Executor, hashTableOf } from "@pruntime/executor";

/** An executor, and the data area of its DataPlaza contract. The data area is not part of the state. */
export interface WorkerContracts {
  readonly executor: Executor;
  readonly data: DataArea;
}

/** Makes the contracts in their state before the first block, with an empty data area. */
export function createContracts(
  crypto: Crypto,
  stateKey: Uint8Array,
  genesis: GenesisBalance,
  stateBudget: number,
): WorkerContracts {
  const { contracts, services, data } = builtInContracts(genesis, undefined, hashTableOf(crypto, stateKey));
  return { executor: new Executor({ crypto, stateKey, contracts, services, stateBudget }), data };
}
