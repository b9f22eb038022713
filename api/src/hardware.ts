/** What may stand behind a worker's evidence, and where that is found: the enclave opens it, the gateway's permission flags let it. */

/** As an operator chooses it and `get_status` names it. `simulated` has no hardware; `ias` is the retired service of 2020. */
export type Provider = (typeof providers)[number];

export const providers = ["simulated", "gramine", "configfs-tsm", "dstack", "ias"] as const;

/** Where the sealing key comes from: the provider's hardware or key service, nowhere (a new one at each start), or this repository. */
export type SealingSource = (typeof sealingSources)[number];

export const sealingSources = ["hardware", "ephemeral", "development"] as const;

/** Where each provider's hardware really is: a folder, or one of some sockets. */
export const hardwarePlaces: Readonly<Record<Provider, readonly [string, ...string[]] | readonly []>> = {
  simulated: [],
  /** https://gramine.readthedocs.io/en/stable/attestation.html */
  gramine: ["/dev/attestation"],
  ias: ["/dev/attestation"],
  /** https://github.com/torvalds/linux/blob/v6.10/Documentation/ABI/testing/configfs-tsm */
  "configfs-tsm": ["/sys/kernel/config/tsm/report"],
  /** https://github.com/Dstack-TEE/dstack/tree/master/sdk */
  dstack: [
    "/var/run/dstack.sock",
    "/run/dstack.sock",
    "/var/run/dstack/dstack.sock",
    "/run/dstack/dstack.sock",
  ],
};
