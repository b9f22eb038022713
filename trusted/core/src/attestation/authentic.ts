import type { EvidenceKind } from "./evidence.ts";

/**
 * What is true of evidence whose signatures, chains, dates and revocations have all been checked. It is not yet a reason to trust a worker:
 * TCB status and measurements are facts that a policy judges.
 */
export type Authentic =
  | AuthenticSgx
  | AuthenticTdx
  | AuthenticSnp
  | AuthenticIas
  | AuthenticAzure
  | AuthenticDstack
  | AuthenticSimulated;

/** Intel's words for how patched a platform is; `Unversioned`: the hardware's maker publishes none (AMD, simulation). */
export type TcbStatus =
  | "UpToDate"
  | "SWHardeningNeeded"
  | "ConfigurationNeeded"
  | "ConfigurationAndSWHardeningNeeded"
  | "OutOfDate"
  | "OutOfDateConfigurationNeeded"
  | "TDRelaunchAdvised"
  | "TDRelaunchAdvisedConfigurationNeeded"
  | "Revoked"
  | "Unversioned";

/** All of them, in the order in which a chain's registry counts them. */
export const tcbStatuses: readonly TcbStatus[] = [
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
];

interface Common<K extends EvidenceKind> {
  readonly kind: K;
  readonly tcbStatus: TcbStatus;
  /** Ids such as `INTEL-SA-00615`, sorted, each once. */
  readonly advisories: readonly string[];
  /** What runs there, lower-case hex by the hardware's own names (`mrenclave`, `rtmr0`, `measurement`, …). */
  readonly measurements: Readonly<Record<string, string>>;
  /** 64 bytes that the guest chose. */
  readonly reportData: Uint8Array;
  /** Whoever owns the machine can look inside. */
  readonly debug: boolean;
  /** Unix milliseconds: when the first of all that was checked runs out; infinite where nothing does (simulation). */
  readonly validUntilMs: number;
}

/** What Intel's collateral says, beside status and advisories. */
export interface DcapFacts {
  /** 6 bytes, hex. */
  readonly fmspc: string;
  /** The platform's provisioning id, 16 bytes, hex. */
  readonly ppid: string;
  /** Of the TCB info: each recovery event raises it. QE identities are numbered apart, and lag behind. */
  readonly tcbEvaluationDataNumber: number;
  readonly qeTcbStatus: TcbStatus;
  /** Unix milliseconds: the oldest issue date of TCB info, QE identity and the list of revoked platforms. The root's own list, which is for a year, does not count. */
  readonly collateralIssuedMs: number;
  /** Unix milliseconds: `tcbDate` of the matched platform level, or of a TDX module or quoting enclave that is out of date, whichever is oldest. */
  readonly tcbDateMs: number;
}

export interface AuthenticSgx extends Common<"sgx">, DcapFacts {
  readonly isvProdId: number;
  readonly isvSvn: number;
}

export interface TdxFacts extends DcapFacts {
  readonly tdAttributes: bigint;
  readonly xfam: bigint;
  readonly septVeDisable: boolean;
  /** 48 bytes, hex; zeros without a service TD. */
  readonly mrServiceTd: string;
}

export interface AuthenticTdx extends Common<"tdx">, TdxFacts {}

export type SnpProduct = "milan" | "genoa" | "turin";

export interface SnpFacts {
  readonly product: SnpProduct;
  readonly signedBy: "vcek" | "vlek";
  readonly vmpl: number;
  readonly guestPolicy: bigint;
  readonly migrationAgent: boolean;
  readonly smt: boolean;
  /** 8 bytes as they stand in the report, hex. */
  readonly reportedTcb: string;
  /** 64 bytes, hex. */
  readonly chipId: string;
  readonly guestSvn: number;
}

export interface AuthenticSnp extends Common<"snp">, SnpFacts {}

export interface AuthenticIas extends Common<"ias"> {
  readonly isvProdId: number;
  readonly isvSvn: number;
  /** Intel's own word, e.g. `GROUP_OUT_OF_DATE`. */
  readonly quoteStatus: string;
  /** Unix milliseconds: when Intel signed. */
  readonly timestampMs: number;
}

export interface AuthenticAzure extends Common<"azure"> {
  readonly hardware: AuthenticTdx | AuthenticSnp;
  /** The vTPM quote's `extraData`: the only fresh thing in it. */
  readonly nonce: Uint8Array;
  /** Hex by PCR number. */
  readonly pcrs: Readonly<Record<string, string>>;
}

export interface AuthenticDstack extends Common<"dstack">, TdxFacts {
  /** Payloads, hex, of the run-time events that the registers vouch for, by name: `app-id`, `compose-hash`, `instance-id`, … */
  readonly events: Readonly<Record<string, string>>;
}

export type AuthenticSimulated = Common<"simulated">;
