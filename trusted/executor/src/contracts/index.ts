import type { Contract } from "../contract.ts";
import { assets } from "./assets.ts";
import { balances } from "./balances.ts";
import { dataPlaza } from "./data-plaza.ts";

export { assets, balances, dataPlaza };

/** The contracts of 2020. The system (0) is always there. */
export const builtInContracts: readonly Contract[] = [dataPlaza, balances, assets];
