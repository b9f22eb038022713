/** Starts the embedded chain and serves it on a port. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "@pruntime/core/bytes";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { createDevchain, type Devchain, type DevchainOptions, serveDevchain } from "@pruntime/devchain";
import { badFile } from "../error.ts";
import { maxDocumentBytes, maxLineBytes, readText } from "../terminal/file.ts";
import { madeFolder } from "./folders.ts";
import { freePort } from "./ports.ts";
import type { Service } from "./service.ts";

/** The limits of blocks: Polkadot's, or none. */
export type Limits = NonNullable<DevchainOptions["limits"]>;

/** The options of the embedded chain. */
export interface ChainOptions {
  readonly port: number;
  /** The address on which the chain is served. Default: 127.0.0.1. */
  readonly host?: string;
  /** The folder in which the chain is stored. Without it, the chain is in memory only. */
  readonly dataDir?: string;
  /** As in `DevchainOptions`. Default: the seed of the chain in the folder, or a random one if it is new. */
  readonly genesisSeed?: string;
  /** Milliseconds between blocks; 0 makes one block for each transaction. */
  readonly blockMs: number;
  /** Blocks between changes of the authority set; 0 makes no automatic changes. */
  readonly rotateEvery: number;
  readonly strict: boolean;
  /** How many states of finalized blocks are kept. Default: all, or 256 if strict. */
  readonly statePruning?: number;
  /** A file with the first policy of the chain's registry of workers. Default: accept simulated evidence. */
  readonly registryPolicy?: string;
  /** Whether the registry refuses simulated evidence, even if its policy accepts it. Default: false. */
  readonly registryProduction?: boolean;
  /** Whether the state stores GRANDPA's authority set as runtimes before 2024 did. Default: false. */
  readonly oldAuthoritiesKey?: boolean;
  /** Whether this project's own pallets are left out. Default: false. */
  readonly plain?: boolean;
  /** Default: Polkadot's. */
  readonly limits?: Limits;
  /** The `system_version` of the first runtime, and of the runtime after each upgrade. Default: 1. */
  readonly systemVersions?: readonly number[];
}

/**
 * Starts the embedded chain.
 * @throws CliError `cli/bad-file`; JsonError, PolicyError for a malformed policy
 */
export async function startChain(options: ChainOptions): Promise<Service & { readonly chain: Devchain }> {
  const {
    port,
    host = "127.0.0.1",
    blockMs,
    rotateEvery,
    strict,
    registryPolicy,
    registryProduction = false,
  } = options;
  const dataDir = options.dataDir === undefined ? undefined : madeFolder(options.dataDir);
  const genesisSeed = seedOf(options.genesisSeed, dataDir);
  const chain = await createDevchain({
    crypto: await createNativeCrypto({ addons: true }),
    mode: blockMs === 0 ? { kind: "instant" } : { kind: "interval", ms: blockMs },
    rotateEvery,
    strict,
    plain: options.plain ?? false,
    limits: options.limits ?? "polkadot",
    systemVersions: options.systemVersions ?? [1],
    ...(options.statePruning === undefined ? {} : { statePruning: options.statePruning }),
    authoritiesKey: options.oldAuthoritiesKey ? ":grandpa_authorities" : "Grandpa.Authorities",
    registry: {
      mode: registryProduction ? "production" : "development",
      ...(registryPolicy === undefined ? {} : { policy: readText(registryPolicy, maxDocumentBytes) }),
    },
    ...(genesisSeed === undefined ? {} : { genesisSeed }),
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  const served = await serveDevchain(chain, { host, port: await freePort(port, host) });
  return {
    chain,
    url: served.url,
    close: async () => {
      await served.close();
      chain.close();
    },
  };
}

/**
 * Returns the seed of the genesis: the given one, or that of the chain in the folder. A new chain without a
 * given seed gets a random one, so that no two stacks are on one chain by mistake. `undefined` for the chain
 * of an older version, whose genesis has no seed.
 * @throws CliError `cli/bad-file`
 */
function seedOf(given: string | undefined, folder: string | undefined): string | undefined {
  if (folder === undefined) return given ?? randomSeed();
  const path = join(folder, "genesis-seed");
  if (existsSync(join(folder, "chain.log")))
    return given ?? (existsSync(path) ? readText(path, maxLineBytes) : undefined);
  const seed = given ?? randomSeed();
  try {
    writeFileSync(path, seed);
  } catch (cause) {
    throw badFile(path, cause);
  }
  return seed;
}

function randomSeed(): string {
  return toHex(secureRandom(16));
}
