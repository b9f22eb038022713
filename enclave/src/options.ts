/**
 * Reads the options of the process: `enclave.mjs [--production] [--attest provider] [--attest-root path]
 * [--seal source] [--channel-v1]`. A TEE measures the options (Gramine: `loader.argv`; a confidential VM: its
 * image or compose file). A verifier that trusts the measurement therefore knows whether production mode is
 * on.
 */
import { type Provider, providerNames, providers, type SealingSource, sealingSources } from "@pruntime/api";
import { EnclaveError } from "./error.ts";

/** The options. Omitted options have their default values. */
export interface EnclaveOptions {
  /**
   * Refuses simulated evidence, stand-ins for hardware, the development sealing key and development actions.
   */
  readonly production: boolean;
  /**
   * Whether the worker may follow a chain whose anchor lets it run commands of channel v1: in production mode
   * only with `--channel-v1`.
   */
  readonly allowsV1: boolean;
  readonly provider: Provider;
  /** A folder or socket to use in place of the hardware's own. */
  readonly root: string | undefined;
  readonly sealing: SealingSource;
}

interface Given {
  production: boolean;
  channelV1: boolean;
  provider?: Provider;
  root?: string;
  sealing?: SealingSource;
}

/** Reads the arguments after the bundle's path. @throws {@link EnclaveError} `enclave/bad-option` */
export function readOptions(argv: readonly string[]): EnclaveOptions {
  const given: Given = { production: false, channelV1: false };
  const rest = argv[Symbol.iterator]();
  for (const option of rest) {
    const value = (): string | undefined => rest.next().value;
    if (option === "--production") given.production = true;
    else if (option === "--channel-v1") given.channelV1 = true;
    else if (option === "--attest") given.provider = oneOf(option, providerNames, value());
    else if (option === "--seal") given.sealing = oneOf(option, sealingSources, value());
    else if (option === "--attest-root") given.root = pathOf(option, value());
    else throw badOption(option);
  }
  const { production, channelV1, provider = "simulated", root } = given;
  return {
    production,
    allowsV1: channelV1 || !production,
    provider,
    root,
    sealing: given.sealing ?? providers[provider].sealing,
  };
}

function oneOf<T extends string>(option: string, words: readonly T[], have: string | undefined): T {
  const word = words.find((candidate) => candidate === have);
  if (word === undefined) throw badOption(option);
  return word;
}

function pathOf(option: string, path: string | undefined): string {
  if (path?.startsWith("/") !== true) throw badOption(option);
  return path;
}

function badOption(option: string): EnclaveError {
  return new EnclaveError({ code: "enclave/bad-option", option: option.slice(0, 32) });
}
