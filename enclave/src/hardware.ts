/** Opens the hardware on which the process runs. The hardware provides evidence and the sealing key. */
import { existsSync, realpathSync } from "node:fs";
import { type Provider, providers } from "@pruntime/api";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { EnclaveError } from "./error.ts";
import type { EnclaveOptions } from "./options.ts";
import { configfsTsm } from "./producers/configfs-tsm.ts";
import { dstack, dstackKey } from "./producers/dstack.ts";
import { gramine, gramineEpid, gramineKey } from "./producers/gramine.ts";
import type { EvidenceProducer } from "./producers/producer.ts";
import { simulated } from "./producers/simulated.ts";
import { developmentKey, ephemeralKey, hardwareKey, type SealingKey } from "./store/sealing.ts";

/** What the hardware provides for the enclave. */
export interface Hardware {
  readonly producer: EvidenceProducer;
  readonly sealingKey: SealingKey;
}

/** What a provider's opener needs. */
interface Surroundings {
  readonly crypto: Crypto;
  readonly random: Random;
  /** 32 bytes: the hash of the enclave's own bundle. */
  readonly measurement: Uint8Array;
  /** The provider's folder or socket. */
  readonly place: string;
}

/** How the enclave opens a provider. */
interface Opener {
  /** @throws QuoteError if the hardware is missing */
  readonly producer: (from: Surroundings) => EvidenceProducer;
  /**
   * Returns the secret that the hardware gives only to this code. Only providers with a sealing key have
   * this function.
   * @throws QuoteError
   */
  readonly secret?: (place: string) => Uint8Array | Promise<Uint8Array>;
}

const openers: { readonly [P in Provider]: Opener } = {
  simulated: { producer: ({ crypto, measurement }) => simulated(crypto, measurement) },
  gramine: { producer: ({ place }) => gramine(place), secret: gramineKey },
  "configfs-tsm": { producer: ({ place, random }) => configfsTsm({ root: place, random }) },
  dstack: { producer: ({ place }) => dstack(place), secret: dstackKey },
  ias: { producer: ({ place }) => gramineEpid(place), secret: gramineKey },
};

/**
 * Opens the provider and the sealing key that the options name.
 * @throws {@link EnclaveError} as {@link requireGenuine}; QuoteError if the hardware is missing
 */
export async function openHardware(
  crypto: Crypto,
  random: Random,
  measurement: Uint8Array,
  options: EnclaveOptions,
): Promise<Hardware> {
  requireGenuine(options);
  const place = placeOf(options);
  return {
    producer: openers[options.provider].producer({ crypto, random, measurement, place }),
    sealingKey: await sealingKeyOf(crypto, random, options, place),
  };
}

/**
 * Refuses options that would let a worker claim more protection than it has. Only a provider without hardware
 * may seal under the development key. If a worker with genuine evidence used that key, any host could unseal
 * the worker's keys, and the evidence would be worse than no evidence.
 * @throws {@link EnclaveError} `enclave/production-simulated`, `enclave/development-key`,
 * `enclave/production-fake-root`, `enclave/no-hardware-key`
 */
export function requireGenuine(options: EnclaveOptions, realPathOf: RealPathOf = realPath): void {
  const { production, provider, root, sealing } = options;
  const row = providers[provider];
  if (production && row.access === "nothing")
    throw new EnclaveError({ code: "enclave/production-simulated" });
  if (sealing === "development" && row.access !== "nothing")
    throw new EnclaveError({ code: "enclave/development-key", provider });
  if (production && !isReal(row.places, root, realPathOf))
    throw new EnclaveError({ code: "enclave/production-fake-root", provider });
  if (sealing === "hardware" && row.sealing !== "hardware")
    throw new EnclaveError({ code: "enclave/no-hardware-key", provider });
}

/** Whether the enclave uses the hardware's own paths, and no symbolic link leads elsewhere. */
function isReal(places: readonly string[], root: string | undefined, realPathOf: RealPathOf): boolean {
  const used = root === undefined ? places : [root];
  return used.every((path) => places.includes(path) && places.includes(realPathOf(path)));
}

/** Resolves a path's symbolic links. */
type RealPathOf = (path: string) => string;

const realPath: RealPathOf = (path) => (existsSync(path) ? realpathSync(path) : path);

/**
 * The folder or socket to use. If the options give no path, this is the first of the hardware's own paths
 * that exists, or the first of these paths if none exists.
 */
function placeOf({ provider, root }: EnclaveOptions): string {
  const { places } = providers[provider];
  return root ?? places.find((path) => existsSync(path)) ?? places[0] ?? "";
}

async function sealingKeyOf(
  crypto: Crypto,
  random: Random,
  { provider, sealing }: EnclaveOptions,
  place: string,
): Promise<SealingKey> {
  if (sealing === "development") return developmentKey;
  if (sealing === "ephemeral") return ephemeralKey(random);
  const { secret } = openers[provider];
  if (secret === undefined) throw new EnclaveError({ code: "enclave/no-hardware-key", provider });
  return hardwareKey(crypto, provider, await secret(place));
}
