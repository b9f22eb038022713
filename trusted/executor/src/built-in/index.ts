/** The contracts that every worker has. */
import type { GenesisBalance } from "@pruntime/core/light-client";
import type { Contract, Service } from "../contract.ts";
import { genesisHolder } from "./account.ts";
import { assets } from "./assets.ts";
import { balances } from "./balances.ts";
import { DataArea, type DataLimits } from "./data-plaza/data-area.ts";
import { dataPlaza, joinsOf } from "./data-plaza/index.ts";
import type { HashTable } from "./data-plaza/key-set.ts";
import { system } from "./system.ts";

/** The built-in contracts, the services that belong to them, and the data area that the operator fills. */
export interface BuiltInContracts {
  readonly contracts: readonly Contract[];
  readonly services: readonly Service[];
  readonly data: DataArea;
}

/** Makes the built-in contracts with the given balance at genesis, and with an empty {@link DataArea}. */
export function builtInContracts(
  genesis: GenesisBalance,
  limits?: DataLimits,
  hashTable?: HashTable,
): BuiltInContracts {
  const data = new DataArea(limits, hashTable);
  const contracts = [
    system,
    dataPlaza(data),
    balances(genesisHolder(genesis)),
    assets(genesis.kind === "development"),
  ];
  return { contracts, services: [joinsOf(data)], data };
}
