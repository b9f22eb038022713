import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { developmentRoots } from "@pruntime/core/attestation";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { lockFolder } from "@pruntime/folder-lock";
import { noLimits, polkadotLimits } from "../frame/limits.ts";
import type { Network } from "../network.ts";
import type { DevchainOptions } from "../options.ts";
import type { ChainSpec } from "../pallets/index.ts";
import { createGenesis } from "../runtime/genesis.ts";
import { Runtimes } from "../runtime/runtime.ts";
import type { Devchain } from "../types.ts";
import { Chain, type ChainRules } from "./chain.ts";
import { drive } from "./driver.ts";
import { BlockLog } from "./log.ts";

const defaultMaxPayload = 16_384;
const defaultStateWindow = 256;
const strictJustificationPeriod = 512;

/**
 * Opens a new chain, or continues the chain in `dataDir` if that directory has a chain.
 * @throws {@link DevchainError} `devchain/other-chain`, `devchain/bad-log`; LockError; JsonError, PolicyError
 * for a malformed policy
 */
export function createDevchain(options: DevchainOptions = {}): Promise<Devchain> {
  return openDevchain(options, { kind: "solo" });
}

/**
 * Opens a chain that has the given role in a network.
 * @throws as {@link createDevchain}
 */
export async function openDevchain(options: DevchainOptions, network: Network): Promise<Devchain> {
  const {
    mode = { kind: "instant" },
    maxPayload = defaultMaxPayload,
    stateVersion = 1,
    systemVersions = [stateVersion],
    authoritiesKey = "Grandpa.Authorities",
    endowed = [],
    limits = "polkadot",
    plain = false,
    dataDir,
  } = options;
  const { registry = {} } = options;
  const rules = rulesOf(options);
  const crypto = options.crypto ?? (await createNativeCrypto({ addons: true }));
  // Production mode refuses simulated evidence, whatever the roots are.
  const roots = registry.roots ?? developmentRoots(crypto);
  const spec: ChainSpec = {
    network,
    maxPayload,
    endowed,
    registry: { ...registry, roots },
    authoritiesKey,
    limits: limits === "none" ? noLimits : polkadotLimits,
    plain,
  };
  const runtimes = new Runtimes({ crypto, stateVersion, systemVersions, chain: spec });
  const genesis = createGenesis(runtimes.genesis, { chainName: rules.name, seed: options.genesisSeed });
  const chain = new Chain(runtimes, rules, genesis);
  if (dataDir !== undefined) openLog(chain, dataDir);
  chain.onClose(drive(chain, mode));
  return chain;
}

function rulesOf(options: DevchainOptions): ChainRules {
  const strict = options.strict ?? false;
  const stateWindow = Math.max(1, options.stateWindow ?? defaultStateWindow);
  return {
    name: options.chainName ?? "Development",
    strict,
    justificationPeriod: options.justificationPeriod ?? (strict ? strictJustificationPeriod : 1),
    stateWindow,
    statePruning: Math.max(1, options.statePruning ?? (strict ? stateWindow : Number.POSITIVE_INFINITY)),
    rotateEvery: options.rotateEvery ?? 0,
    finalityLag: options.finalityLag ?? 0,
    votesAhead: options.votesAhead ?? 0,
    now: options.now ?? Date.now,
    faults: options.faults ?? {},
  };
}

/** Opens or creates the log in a data directory, and replays the log on the chain. */
function openLog(chain: Chain, dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const folder = realpathSync(dataDir);
  const unlock = lockFolder(folder);
  try {
    const { log, records } = BlockLog.open(chain.crypto, join(folder, "chain.log"), chain.genesisHash);
    chain.onClose(() => log.close());
    chain.onClose(unlock);
    chain.continue(log, records);
  } catch (error) {
    unlock();
    throw error;
  }
}
