/**
 * What every kind of evidence claims, once its signatures, chains, dates and revocations have been verified.
 */

/**
 * Intel's words for how patched a platform is, in the order in which a chain's registry counts them.
 * `Unversioned`: the hardware's maker publishes no status (AMD, simulation).
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
 * The claims that all kinds share. They are facts for a policy to judge, not yet a reason to trust a worker.
 */
export interface AuthenticClaims<K extends string> {
  readonly kind: K;
  readonly tcbStatus: TcbStatus;
  /** Ids such as `INTEL-SA-00615`, sorted, each once. */
  readonly advisories: readonly string[];
  /** What runs there, lower-case hex by the hardware's own names (`mrenclave`, `rtmr0`, `measurement`, …). */
  readonly measurements: Readonly<Record<string, string>>;
  /** 64 bytes that the guest chose. */
  readonly reportData: Uint8Array;
  /** The machine's owner can look inside. */
  readonly debug: boolean;
  /** Unix milliseconds: when the first of all that was checked runs out; infinite for simulation. */
  readonly validUntilMs: number;
}
