/** The contracts that every worker has. */
import type { Contract, Service } from "../contract.ts";
import { assets } from "./assets.ts";
import { balances } from "./balances.ts";
import { DataArea, type DataLimits } from "./data-plaza/data-area.ts";
import { dataPlaza, joinsOf } from "./data-plaza/index.ts";
import { system } from "./system.ts";

/** The built-in contracts, the services that belong to them, and the data area that the operator fills. */
export interface BuiltInContracts {
  readonly contracts: readonly Contract[];
  readonly services: readonly Service[];
  readonly data: DataArea;
}

/** Makes the built-in contracts, with an empty data area. */
export function builtInContracts(limits?: DataLimits): BuiltInContracts {
  const data = new DataArea(limits);
  return { contracts: [system, dataPlaza(data), balances, assets], services: [joinsOf(data)], data };
}
