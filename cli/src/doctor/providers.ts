/** Finds the hardware of each provider, at the paths in the table of providers. */
import { type Provider, type ProviderRow, providerNames, providers } from "@pruntime/api";
import { absent, type Finding, present, unusable } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** Providers with hardware that a new worker can use. */
export const usefulProviders: readonly Provider[] = providerNames.filter(
  (name) => providers[name].access !== "nothing" && providers[name].retired !== true,
);

/** What the doctor reports about a provider. */
export interface ProviderWords {
  /** The kind of evidence that the provider makes. */
  readonly makes: string;
  /** The provider's requirements, as the end of a sentence after "needs". */
  readonly needs: string;
}

interface Particular extends ProviderWords {
  /** A check that shows more than the existence of the path. */
  readonly find?: (machine: Machine, path: string) => Finding;
}

/**
 * The providers with texts or checks of their own. For every other provider, the report contains the
 * provider's name and paths.
 */
const particular: Readonly<Partial<Record<Provider, Particular>>> = {
  gramine: {
    makes: "SGX quotes, if the machine's platform is registered with Intel",
    needs: "a process started by gramine-sgx",
    find: findGramine,
  },
  "configfs-tsm": {
    makes: "TDX quotes or SEV-SNP reports, whichever this guest is",
    needs: "a TDX or SEV-SNP guest with kernel 6.7 or later, and the right to make entries",
    find: findConfigfs,
  },
  dstack: {
    makes: "TDX quotes with dstack's event log",
    needs: "a dstack guest with its socket mounted",
  },
};

/** Returns what the doctor reports about a provider. */
export function wordsFor(provider: Provider): ProviderWords {
  const makes = `evidence by ${provider}`;
  return particular[provider] ?? { makes, needs: providers[provider].places.join(" or ") };
}

/** Looks for a provider's hardware, without opening a device or sending a request. */
export function findProvider(machine: Machine, provider: Provider): Finding {
  const { places, access } = providers[provider];
  const path = places.find((place) => machine.kindOf(place) !== undefined);
  const find = particular[provider]?.find;
  if (find !== undefined) return find(machine, path ?? places[0] ?? "");
  if (path === undefined) return absent(provider, places.join(", "), `needs ${wordsFor(provider).needs}`);
  if (machine.kindOf(path) !== kinds[access]) return unusable(provider, path, misplaced[access]);
  return machine.isOpen(path)
    ? present(provider, path, `the provider's ${kinds[access]}`)
    : unusable(provider, path, "this user may not open it");
}

const kinds: Readonly<Record<ProviderRow["access"], "folder" | "socket" | undefined>> = {
  nothing: undefined,
  files: "folder",
  socket: "socket",
};

const misplaced: Readonly<Record<ProviderRow["access"], string>> = {
  nothing: "",
  files: "not a folder",
  socket: "not a socket: if a socket to mount does not exist, container tools make a folder of that name",
};

function findGramine(machine: Machine, path: string): Finding {
  if (machine.kindOf(path) === undefined)
    return absent("gramine", path, "not inside gramine-sgx: only a process that it runs sees that folder");
  const type = machine.text(`${path}/attestation_type`);
  if (type !== "dcap")
    return unusable(
      "gramine",
      path,
      `inside Gramine, but its attestation type is ${type === "" ? "missing" : type}; it must be dcap`,
    );
  if (machine.kindOf(`${path}/quote`) === undefined)
    return unusable(
      "gramine",
      path,
      "inside Gramine, but without quotes: this is gramine-direct, without SGX",
    );
  return present("gramine", path, "inside gramine-sgx, with DCAP quotes");
}

function findConfigfs(machine: Machine, path: string): Finding {
  if (machine.kindOf(path) === "folder") {
    const [entry] = machine.names(path).flatMap((name) => machine.text(`${path}/${name}/provider`) || []);
    const provider = entry ?? "its provider is known only once an entry is made";
    return machine.isOpen(path)
      ? present("configfs-tsm", path, provider)
      : unusable("configfs-tsm", path, `${provider}; this user may not make entries`);
  }
  const kernel = machine.text("/proc/sys/kernel/osrelease");
  if (kernel !== "" && !hasTsm(kernel))
    return absent("configfs-tsm", path, `the kernel is ${kernel}; configfs-tsm needs 6.7 or later`);
  if (machine.kindOf("/sys/kernel/config") === undefined)
    return absent("configfs-tsm", path, "configfs is not mounted");
  return absent("configfs-tsm", path, "no driver of a confidential guest offers reports");
}

function hasTsm(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split(/[.-]/).map(Number);
  return major > 6 || (major === 6 && minor >= 7);
}
