/** Starts the embedded chain and serves it on a port. */
import { createNativeCrypto } from "@pruntime/crypto-native";
import { createDevchain, type Devchain, type DevchainOptions, serveDevchain } from "@pruntime/devchain";
import { maxDocumentBytes, readText } from "../terminal/file.ts";
import { madeFolder } from "./folders.ts";
import { freePort } from "./ports.ts";
import type { Service } from "./service.ts";

/** The limits of blocks: Polkadot's, or none. */
export type Limits = NonNullable<DevchainOptions["limits"]>;

/** The options of the embedded chain. */
export interface ChainOptions {
  readonly port: number;
  /** The folder in which the chain is stored. Without it, the chain is in memory only. */
  readonly dataDir?: string;
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
  const { port, dataDir, blockMs, rotateEvery, strict, registryPolicy, registryProduction = false } = options;
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
    ...(dataDir === undefined ? {} : { dataDir: madeFolder(dataDir) }),
  });
  const served = await serveDevchain(chain, { port: await freePort(port) });
  return {
    chain,
    url: served.url,
    close: async () => {
      await served.close();
      chain.close();
    },
  };
}
