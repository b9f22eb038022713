/**
 * The providers of evidence, one row each: the paths of a provider's hardware, the access that the enclave's
 * process needs, and the source of the sealing key. The enclave opens these paths, the gateway grants the
 * process access to them, and the command line lists and detects providers.
 */

/** The source of the key that seals the blobs which the host stores for the enclave. */
export type SealingSource = (typeof sealingSources)[number];

/**
 * `hardware`: the provider's hardware or key service derives the key. `ephemeral`: each start draws a new
 * key. `development`: the key is part of this repository, so it protects nothing.
 */
export const sealingSources = ["hardware", "ephemeral", "development"] as const;

/** A provider's name, as operators choose it and `get_status` reports it. */
export type Provider = "simulated" | "gramine" | "configfs-tsm" | "dstack" | "ias";

/** What the gateway, the enclave and the command line know about a provider. */
export interface ProviderRow {
  /**
   * Absolute paths of the hardware's folder or of its possible sockets. The first one that exists is used.
   */
  readonly places: readonly string[];
  /**
   * How the enclave's process uses a place: it reads and writes the `files` of a folder, or connects to a
   * `socket`. With `nothing`, the provider has no hardware. The gateway derives the permission flags of the
   * process from this field.
   */
  readonly access: "nothing" | "files" | "socket";
  /** The default source of the sealing key. Only a provider with `hardware` here can derive a key. */
  readonly sealing: SealingSource;
  /** Set for a provider that new workers cannot use. */
  readonly retired?: true;
}

/** The table of all providers. The compiler requires a row for each of them. */
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

/** The providers' names, in the order of the table. */
export const providerNames: readonly Provider[] = Object.keys(providers) as Provider[];
