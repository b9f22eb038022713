/**
 * Determines the TCB status of a platform by Intel's rules. It combines the levels of the platform, the TDX
 * module and the quoting enclave into one status.
 * @see
 * https://github.com/intel/SGX-TDX-DCAP-QuoteVerificationLibrary/tree/26f9641ff62377637af5e2989ab154d807cc3b0e/Src/AttestationLibrary/src/Verifiers/Checks
 */
import { equal } from "../../bytes/index.ts";
import type { TcbStatus } from "../evidence/claims.ts";
import type {
  PlatformLevel,
  QeIdentity,
  SvnLevel,
  SvnStatus,
  TcbInfo,
  TdxModule,
  TdxModuleIdentity,
} from "./collateral.ts";
import { DcapError } from "./error.ts";
import type { PckFacts } from "./pck.ts";
import type { Quote, TdxReport } from "./quote.ts";

/** The combined status, and the facts that a policy checks. */
export interface TcbVerdict {
  readonly status: TcbStatus;
  readonly qeStatus: SvnStatus;
  /** Sorted, without duplicates. */
  readonly advisories: readonly string[];
  /**
   * Unix milliseconds: the `tcbDate` of the platform's level, or an older `tcbDate` of the TDX module or the
   * quoting enclave if that part is out of date.
   */
  readonly tcbDateMs: number;
}

/**
 * Judges the platform that made a quote, by the newest TCB levels that its parts reach.
 * @throws {@link DcapError} `dcap/no-tcb-level`, `dcap/tdx-module-mismatch`
 */
export function judgeTcb(info: TcbInfo, identity: QeIdentity, pck: PckFacts, quote: Quote): TcbVerdict {
  const qe = firstReached(identity.tcbLevels, quote.qe.isvSvn, "qe");
  const fit = info.tcbLevels.filter(
    ({ tcb }) => reaches(pck.components, tcb.sgx) && pck.pceSvn >= tcb.pceSvn,
  );
  const sgx = required(fit[0]);
  const { level, module, status } =
    quote.body.tee === "sgx"
      ? { level: sgx, module: undefined, status: sgx.tcbStatus }
      : judgeTdx(info, fit, quote.body, qe);
  const advisories = [level, module, qe].flatMap((matched) => matched?.advisoryIDs ?? []);
  return {
    status: converge(status, qe.tcbStatus),
    qeStatus: qe.tcbStatus,
    advisories: [...new Set(advisories)].sort(),
    tcbDateMs: Math.min(
      level.tcbDate,
      ...[module, qe].flatMap((part) => (part?.tcbStatus === "OutOfDate" ? [part.tcbDate] : [])),
    ),
  };
}

interface TdxVerdict {
  readonly level: PlatformLevel;
  readonly module: SvnLevel | undefined;
  readonly status: TcbStatus;
}

/**
 * Determines the TCB level and the status of a TDX platform. `fit` contains the levels that the platform's
 * SGX components and PCE reach, newest first.
 */
function judgeTdx(info: TcbInfo, fit: readonly PlatformLevel[], report: TdxReport, qe: SvnLevel): TdxVerdict {
  const { teeTcbSvn, teeTcbSvn2 } = report;
  const module = verifyModule(info, report);
  const level = required(fit.find(({ tcb }) => tcb.tdx !== undefined && reachesTdx(teeTcbSvn, tcb.tdx)));
  const status = converge(level.tcbStatus, module?.tcbStatus ?? "UpToDate");
  const sgx = required(fit[0]).tcbStatus;
  const mayBeCured =
    (status === "OutOfDate" || status === "OutOfDateConfigurationNeeded") &&
    module?.tcbStatus === "OutOfDate" &&
    qe.tcbStatus === "UpToDate" &&
    !stale.has(sgx);
  if (!mayBeCured || teeTcbSvn2 === undefined || !reachesNewest(info, teeTcbSvn2))
    return { level, module, status };
  const configuration = status === "OutOfDateConfigurationNeeded" || sgx.startsWith("Configuration");
  return {
    level,
    module,
    status: configuration ? "TDRelaunchAdvisedConfigurationNeeded" : "TDRelaunchAdvised",
  };
}

const stale: ReadonlySet<TcbStatus> = new Set<TcbStatus>([
  "OutOfDate",
  "OutOfDateConfigurationNeeded",
  "Revoked",
]);

/**
 * Returns whether the TDX module that runs now is at least as new as the newest TCB level requires. An older
 * module may have launched the TD.
 */
function reachesNewest(info: TcbInfo, svn2: Uint8Array): boolean {
  const newest = info.tcbLevels[0]?.tcb.tdx;
  if (newest === undefined || !reachesAt(svn2, newest, 2)) return false;
  if (svn2[1] === 0) return reachesAt(svn2, newest, 0);
  const [level] = moduleIdentity(info, svn2[1] as number).tcbLevels;
  return level !== undefined && (svn2[0] as number) >= level.tcb.isvsvn;
}

/**
 * Checks the TDX module. Returns the module's level if the module is versioned separately. Otherwise returns
 * `undefined`, because the platform's levels include the module.
 */
function verifyModule(info: TcbInfo, report: TdxReport): SvnLevel | undefined {
  const [svn = 0, version = 0] = report.teeTcbSvn;
  if (version === 0) {
    assertModule(info.tdxModule, report);
    return undefined;
  }
  const identity = moduleIdentity(info, version);
  assertModule(identity, report);
  return firstReached(identity.tcbLevels, svn, "tdx-module");
}

function moduleIdentity(info: TcbInfo, version: number): TdxModuleIdentity {
  const id = `TDX_${version.toString(16).padStart(2, "0").toUpperCase()}`;
  const found = info.tdxModuleIdentities.find((identity) => identity.id.toUpperCase() === id);
  if (found === undefined) throw new DcapError({ code: "dcap/tdx-module-mismatch" });
  return found;
}

/**
 * Checks a TDX module's signer and attributes. The attributes of a production module are all zero, so the
 * mask that Intel publishes is not used.
 */
function assertModule(module: TdxModule | undefined, report: TdxReport): void {
  const fits =
    module !== undefined &&
    equal(module.mrsigner, report.mrSignerSeam) &&
    equal(module.attributes, report.seamAttributes) &&
    report.seamAttributes.every((byte) => byte === 0);
  if (!fits) throw new DcapError({ code: "dcap/tdx-module-mismatch" });
}

/** Combines a platform's status with the status of its TDX module or quoting enclave. */
function converge(status: TcbStatus, part: SvnStatus): TcbStatus {
  if (part === "Revoked") return "Revoked";
  if (part === "UpToDate") return status;
  if (status === "UpToDate" || status === "SWHardeningNeeded") return "OutOfDate";
  if (status === "ConfigurationNeeded" || status === "ConfigurationAndSWHardeningNeeded")
    return "OutOfDateConfigurationNeeded";
  return status;
}

function firstReached(levels: readonly SvnLevel[], svn: number, of: "tdx-module" | "qe"): SvnLevel {
  const level = levels.find(({ tcb }) => svn >= tcb.isvsvn);
  if (level === undefined) throw new DcapError({ code: "dcap/no-tcb-level", of });
  return level;
}

function required(level: PlatformLevel | undefined): PlatformLevel {
  if (level === undefined) throw new DcapError({ code: "dcap/no-tcb-level", of: "platform" });
  return level;
}

function reaches(have: readonly number[], want: readonly number[]): boolean {
  return want.every((svn, i) => (have[i] as number) >= svn);
}

function reachesTdx(have: Uint8Array, want: readonly number[]): boolean {
  const from = have[1] === 0 ? 0 : 2;
  return want.every((svn, i) => i < from || (have[i] as number) >= svn);
}

function reachesAt(have: Uint8Array, want: readonly number[], i: number): boolean {
  return (have[i] as number) >= (want[i] as number);
}
