/**
 * The claims that all kinds of evidence share, after signatures, chains, dates and revocations have been
 * verified.
 */

/**
 * Intel's TCB statuses, in the order in which a chain's registry numbers them. `Unversioned`: the hardware's
 * maker publishes no status (AMD, simulation).
 */
export const tcbStatuses = [
  "UpToDate",
  "SWHardeningNeeded",
  "ConfigurationNeeded",
  "ConfigurationAndSWHardeningNeeded",
  "OutOfDate",
  "OutOfDateConfigurationNeeded",
  "TDRelaunchAdvised",
  "TDRelaunchAdvisedConfigurationNeeded",
  "Revoked",
  "Unversioned",
] as const;

/** One of {@link tcbStatuses}. */
export type TcbStatus = (typeof tcbStatuses)[number];

/**
 * The claims that all kinds share. A policy judges these facts. They do not yet mean that a worker can be
 * trusted.
 */
export interface AuthenticClaims<K extends string> {
  readonly kind: K;
  readonly tcbStatus: TcbStatus;
  /** Ids such as `INTEL-SA-00615`, sorted, without duplicates. */
  readonly advisories: readonly string[];
  /**
   * Measurements of the running code, in lower-case hex, by the hardware's own names (`mrenclave`, `rtmr0`,
   * `measurement`, …).
   */
  readonly measurements: Readonly<Record<string, string>>;
  /** 64 bytes that the guest or enclave chose. On Azure, the paravisor chose them. */
  readonly reportData: Uint8Array;
  /**
   * Whether the guest or enclave runs in debug mode, in which the machine's owner can read its memory. Always
   * false for simulated evidence, which proves nothing in any case.
   */
  readonly debug: boolean;
  /**
   * Unix milliseconds: the earliest expiry of any certificate or collateral that was checked; infinity for
   * simulation.
   */
  readonly validUntilMs: number;
}
