/** The hardware the process was started on: what makes its evidence, and what gives it its sealing key. */
import { existsSync, realpathSync } from "node:fs";
import { hardwarePlaces, type Provider } from "@pruntime/api";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { EnclaveError } from "./error.ts";
import type { EnclaveOptions } from "./options.ts";
import { configfsTsm } from "./producers/configfs-tsm.ts";
import { dstack, dstackKey } from "./producers/dstack.ts";
import { gramine, gramineEpid, gramineKey } from "./producers/gramine.ts";
import type { EvidenceProducer } from "./producers/producer.ts";
import { simulated } from "./producers/simulated.ts";
import { developmentKey, ephemeralKey, hardwareKey, type SealingKey } from "./sealing.ts";

export interface Hardware {
  readonly producer: EvidenceProducer;
  readonly sealingKey: SealingKey;
}

/** @throws {@link EnclaveError} as {@link requireGenuine}; QuoteError: the hardware is not there */
export async function openHardware(
  crypto: Crypto,
  random: Random,
  measurement: Uint8Array,
  options: EnclaveOptions,
): Promise<Hardware> {
  requireGenuine(options);
  const place = placeOf(options);
  return {
    producer: producerOf(crypto, random, measurement, options, place),
    sealingKey: await sealingKeyOf(crypto, random, options, place),
  };
}

/**
 * The development key is for simulation alone: evidence of real hardware for keys that everybody can open would be worse than none.
 * @throws {@link EnclaveError} `enclave/production-simulated`, `enclave/development-key`, `enclave/production-fake-root`, `enclave/no-hardware-key`
 */
export function requireGenuine(options: EnclaveOptions, realPathOf: RealPathOf = realPath): void {
  const { production, provider, root, sealing } = options;
  if (production && provider === "simulated")
    throw new EnclaveError({ code: "enclave/production-simulated" });
  if (sealing === "development" && provider !== "simulated")
    throw new EnclaveError({ code: "enclave/development-key", provider });
  if (production && !isReal(provider, root, realPathOf))
    throw new EnclaveError({ code: "enclave/production-fake-root", provider });
  if (sealing === "hardware" && !["gramine", "ias", "dstack"].includes(provider))
    throw new EnclaveError({ code: "enclave/no-hardware-key", provider });
}

/** Whether the hardware's own place is used, and no link leads from it to elsewhere. */
function isReal(provider: Provider, root: string | undefined, realPathOf: RealPathOf): boolean {
  const real: readonly string[] = hardwarePlaces[provider];
  const used = root === undefined ? real : [root];
  return used.every((path) => real.includes(path) && real.includes(realPathOf(path)));
}

/** Where a path leads. */
type RealPathOf = (path: string) => string;

const realPath: RealPathOf = (path) => (existsSync(path) ? realpathSync(path) : path);

/** The folder or socket to use: what was given, or the first of the hardware's own that is there. */
function placeOf({ provider, root }: EnclaveOptions): string {
  const real: readonly string[] = hardwarePlaces[provider];
  return root ?? real.find((path) => existsSync(path)) ?? real[0] ?? "";
}

function producerOf(
  crypto: Crypto,
  random: Random,
  measurement: Uint8Array,
  { provider }: EnclaveOptions,
  place: string,
): EvidenceProducer {
  switch (provider) {
    case "simulated":
      return simulated(crypto, measurement);
    case "gramine":
      return gramine(place);
    case "ias":
      return gramineEpid(place);
    case "configfs-tsm":
      return configfsTsm({ root: place, random });
    case "dstack":
      return dstack(place);
  }
}

async function sealingKeyOf(
  crypto: Crypto,
  random: Random,
  { provider, sealing }: EnclaveOptions,
  place: string,
): Promise<SealingKey> {
  if (sealing === "development") return developmentKey;
  if (sealing === "ephemeral") return ephemeralKey(random);
  return hardwareKey(crypto, provider, provider === "dstack" ? await dstackKey(place) : gramineKey(place));
}
