/** Which evidence somebody accepts. Whatever a policy does not say is refused; docs/policy.md has every field. */
import type { SnpProduct, TcbStatus } from "../authentic.ts";

/** A policy as it is judged by: what its text leaves out has become the strictest choice. */
export interface Policy {
  /** Unix milliseconds: from then on the policy accepts nothing, so that an old signed one cannot be used for ever. */
  readonly notAfterMs: number | undefined;
  /** Seconds that a verdict may be relied on, and that a report with a date of its own (IAS) may be old. */
  readonly maxAgeSec: number;
  readonly minTcbEvaluationDataNumber: number | undefined;
  readonly collateralMaxAgeDays: number | undefined;
  readonly tcb: TcbPolicy;
  /** 6 bytes, hex: models of processors that are refused. */
  readonly fmspcDeny: readonly string[];
  /** 16 bytes, hex: the only Intel machines that are accepted. */
  readonly ppidAllow: readonly string[] | undefined;
  readonly allowDebug: boolean;
  readonly sgx: SgxPolicy | undefined;
  /** TDX guests, with or without dstack's event log. */
  readonly tdx: TdxPolicy | undefined;
  readonly snp: SnpPolicy | undefined;
  readonly azure: AzurePolicy | undefined;
  /** Reports of Intel's retired service for EPID. */
  readonly ias: SgxPolicy | undefined;
  readonly simulated: SimulatedPolicy | undefined;
}

/** What Intel says of a platform's patches, and what of it is put up with. */
export interface TcbPolicy {
  readonly accept: readonly Exclude<TcbStatus, "Unversioned">[];
  readonly advisoriesAllowed: readonly string[];
  /** `OutOfDate` is put up with for that many days after the `tcbDate` of the platform's level. */
  readonly graceDays: number;
}

/** An entry that may run out. */
interface Entry {
  /** Unix milliseconds. */
  readonly notAfterMs: number | undefined;
}

export interface SgxPolicy {
  readonly measurements: readonly SgxMeasurement[];
  readonly mrsigner: readonly SgxSigner[];
}

/** One enclave. */
export interface SgxMeasurement extends Entry {
  /** 32 bytes, hex. */
  readonly mrenclave: string;
  readonly minIsvSvn: number;
}

/** Every enclave that somebody signs as one product. */
export interface SgxSigner extends Entry {
  /** 32 bytes, hex. */
  readonly mrsigner: string;
  readonly isvProdId: number;
  readonly minIsvSvn: number;
}

/** How a TDX guest must have been made. */
export interface TdxRules {
  readonly requireSeptVeDisable: boolean;
  /** 48 bytes, hex: measurements of service TDs that may be bound. */
  readonly allowServiceTd: readonly string[];
  /** The extended features a guest may have; all when absent. */
  readonly xfamMask: bigint | undefined;
}

export interface TdxPolicy extends TdxRules {
  readonly images: readonly TdxImage[];
}

/** What dstack's run-time register tells of a guest, beside its image. */
export type ImageEvent = "compose-hash" | "os-image-hash" | "app-id";

/** One guest image. Registers that it does not name may hold anything. */
export interface TdxImage extends Entry {
  /** By the names of evidence (`mrtd`, `rtmr0`, …): 48 bytes, hex. */
  readonly registers: Readonly<Record<string, string>>;
  /** By the names of dstack's events (`compose-hash`, `os-image-hash`, `app-id`): hex. Evidence without an event log cannot show them. */
  readonly events: Readonly<Partial<Record<ImageEvent, string>>>;
}

/** How an SEV-SNP guest and its machine must be. */
export interface SnpRules {
  /** By product: 8 bytes, each of which the reported TCB must reach. A product that is not named is refused. */
  readonly minTcb: Readonly<Partial<Record<SnpProduct, Uint8Array>>>;
  readonly vmpl: readonly number[];
  readonly allowVlek: boolean;
  readonly allowSmt: boolean;
  readonly allowMigrationAgent: boolean;
  /** 64 bytes, hex: the only chips that are accepted. */
  readonly chipIdAllow: readonly string[] | undefined;
}

export interface SnpPolicy extends SnpRules {
  readonly measurements: readonly SnpMeasurement[];
}

export interface SnpMeasurement extends Entry {
  /** 48 bytes, hex. */
  readonly measurement: string;
  readonly minGuestSvn: number;
}

export interface AzurePolicy {
  readonly images: readonly AzureImage[];
  readonly tdx: TdxRules | undefined;
  readonly snp: SnpRules | undefined;
}

/** A paravisor and what it booted. */
export interface AzureImage extends Entry {
  /** 48 bytes, hex: MRTD on TDX, MEASUREMENT on SEV-SNP. */
  readonly launch: string;
  /** 32 bytes, hex, by PCR number; never none. */
  readonly pcrs: Readonly<Record<string, string>>;
}

/** Evidence that proves nothing: for development. */
export interface SimulatedPolicy {
  /** 32 bytes, hex: the only code that may claim to run; any when absent. */
  readonly measurements: readonly string[] | undefined;
}
