/**
 * The providers of evidence, one row each: where a provider's hardware is, what the enclave's process needs
 * to reach it, and where the sealing key comes from. The enclave opens what a row names, the gateway grants
 * the process access to it, and the command offers and looks for it.
 */

/** A source of the key that seals what the host keeps for the enclave. */
export type SealingSource = (typeof sealingSources)[number];

/**
 * `hardware`: the provider's hardware or key service gives the key. `ephemeral`: each start draws a new key.
 * `development`: the key is part of this repository, so it protects nothing.
 */
export const sealingSources = ["hardware", "ephemeral", "development"] as const;

/** A provider, by the name that operators choose it by and `get_status` reports. */
export type Provider = "simulated" | "gramine" | "configfs-tsm" | "dstack" | "ias";

/** What the three parts of a worker know about a provider. */
export interface ProviderRow {
  /** Absolute paths: the hardware's folder, or sockets, of which the first that exists is used. */
  readonly places: readonly string[];
  /**
   * How the enclave's process uses a place, which decides what its permission flags allow: it reads and
   * writes the files of a folder, or connects to a socket. `nothing`: the provider has no hardware.
   */
  readonly access: "nothing" | "files" | "socket";
  /** The usual source of the sealing key. Only a provider with `hardware` here can give a key. */
  readonly sealing: SealingSource;
  /** Set for a provider that no new worker can use. */
  readonly retired?: true;
}

/** The closed table of providers. A provider without a row does not compile. */
export const providers: Readonly<Record<Provider, ProviderRow>> = {
  /** Evidence that the enclave signs itself, for development. */
  simulated: { places: [], access: "nothing", sealing: "development" },
  /** https://gramine.readthedocs.io/en/stable/attestation.html */
  gramine: { places: ["/dev/attestation"], access: "files", sealing: "hardware" },
  /** https://github.com/torvalds/linux/blob/v6.10/Documentation/ABI/testing/configfs-tsm */
  "configfs-tsm": { places: ["/sys/kernel/config/tsm/report"], access: "files", sealing: "ephemeral" },
  /** https://github.com/Dstack-TEE/dstack/tree/master/sdk */
  dstack: {
    places: [
      "/var/run/dstack.sock",
      "/run/dstack.sock",
      "/var/run/dstack/dstack.sock",
      "/run/dstack/dstack.sock",
    ],
    access: "socket",
    sealing: "hardware",
  },
  /** EPID quotes of Gramine 1.8, for Intel's attestation service of 2020. */
  ias: { places: ["/dev/attestation"], access: "files", sealing: "hardware", retired: true },
};

/** What an operator may choose among, in the order of the table. */
export const providerNames: readonly Provider[] = Object.keys(providers) as Provider[];
