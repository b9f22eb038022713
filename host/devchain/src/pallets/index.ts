/** The runtime of the embedded chain: its pallets, in the order in which metadata names them. */
import type { Authority } from "@pruntime/core/grandpa";
import type { BlockLimits } from "../frame/limits.ts";
import type { Pallet } from "../frame/pallet.ts";
import type { Network } from "../network.ts";
import { balances, type Endowments } from "./balances.ts";
import { execution } from "./execution.ts";
import { type AuthoritiesKey, grandpa } from "./grandpa.ts";
import { multisig } from "./multisig.ts";
import { parachainInfo } from "./parachain-info.ts";
import { paras } from "./paras.ts";
import { proxy } from "./proxy.ts";
import { type RegistryGenesis, registry } from "./registry.ts";
import { system } from "./system.ts";
import { timestamp } from "./timestamp.ts";
import { transactionPayment } from "./transaction-payment.ts";
import { utility } from "./utility.ts";

/** The properties in which chains differ. */
export interface ChainSpec {
  readonly network: Network;
  /** The longest payload of a command, in bytes. */
  readonly maxPayload: number;
  readonly endowed: Endowments;
  readonly registry: RegistryGenesis;
  readonly authoritiesKey: AuthoritiesKey;
  readonly limits: BlockLimits;
  /** Whether this project's own pallets are left out. */
  readonly plain: boolean;
}

/** What the pallets of one runtime need, besides the properties of the chain. */
export interface RuntimeSpec {
  /** The `System.Version` constant. */
  readonly version: { readonly spec_name: string; readonly spec_version: number };
  /** The first set of authorities. */
  readonly authorities: readonly Authority[];
}

/**
 * The pallets of a runtime. A parachain has no GRANDPA pallet, because the relay chain decides its finality.
 */
export function palletsOf(chain: ChainSpec, { version, authorities }: RuntimeSpec): readonly Pallet[] {
  const { network, endowed, authoritiesKey, limits } = chain;
  return [
    system(version, limits, chain.plain),
    timestamp,
    ...(network.kind === "para" ? [] : [grandpa(authorities, authoritiesKey)]),
    balances(endowed),
    transactionPayment,
    utility,
    proxy,
    multisig,
    ...(chain.plain ? [] : [registry(chain.registry), execution(chain.maxPayload, version.spec_version)]),
    ...(network.kind === "relay" ? [paras(network.heads)] : []),
    ...(network.kind === "para" ? [parachainInfo(network.paraId)] : []),
  ];
}
