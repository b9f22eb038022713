/**
 * The kinds of evidence, one row each. To add a kind, add its types to {@link Kinds}, its row to {@link
 * kinds}, the policy section for it to {@link Sections}, and its verifier to `verify.ts` and to the client's
 * `verifiers.ts`, which loads verifiers by kind. If one of these is missing, the code does not compile.
 */
import type { JsonReader } from "../json/index.ts";
import type { Code } from "./code.ts";
import { type AuthenticAzure, azureForm, type EndorsedAzure } from "./evidence/azure.ts";
import {
  type AuthenticDstack,
  type DstackEvidence,
  dstackForm,
  type EndorsedDstack,
} from "./evidence/dstack.ts";
import type { EvidenceForm } from "./evidence/form.ts";
import { type AuthenticIas, type EndorsedIas, type IasEvidence, iasForm } from "./evidence/ias.ts";
import { type AuthenticSgx, type EndorsedSgx, type SgxEvidence, sgxForm } from "./evidence/sgx.ts";
import { type AuthenticSimulated, type SimulatedEvidence, simulatedForm } from "./evidence/simulated.ts";
import { type AuthenticSnp, type EndorsedSnp, type SnpEvidence, snpForm } from "./evidence/snp.ts";
import { type AuthenticTdx, type EndorsedTdx, type TdxEvidence, tdxForm } from "./evidence/tdx.ts";
import { type AzurePolicy, appraiseAzure, azureCode, judgeAzure, readAzure } from "./policy/azure.ts";
import { appraiseDstack, dstackCode } from "./policy/dstack.ts";
import type { GeneralPolicy } from "./policy/general.ts";
import { appraiseIas } from "./policy/ias.ts";
import type { Reason } from "./policy/reason.ts";
import { appraiseSgx, enclaveCode, judgeSgx, readSgx, type SgxPolicy } from "./policy/sgx.ts";
import {
  appraiseSimulated,
  judgeSimulated,
  readSimulated,
  type SimulatedPolicy,
} from "./policy/simulated.ts";
import { appraiseSnp, judgeSnp, readSnp, type SnpPolicy, snpCode } from "./policy/snp.ts";
import { appraiseTdx, judgeTdx, readTdx, type TdxPolicy } from "./policy/tdx.ts";

export type * from "./evidence/azure.ts";
export type * from "./evidence/dstack.ts";
export type * from "./evidence/ias.ts";
export type * from "./evidence/sgx.ts";
export type * from "./evidence/simulated.ts";
export type * from "./evidence/snp.ts";
export type * from "./evidence/tdx.ts";
export type * from "./policy/azure.ts";
export type * from "./policy/sgx.ts";
export type * from "./policy/simulated.ts";
export type * from "./policy/snp.ts";
export type * from "./policy/tdx.ts";

/** The sections of a policy, by their keys in the policy's text. */
export interface Sections {
  readonly sgx: SgxPolicy;
  /** TDX guests, with or without dstack's event log. */
  readonly tdx: TdxPolicy;
  readonly snp: SnpPolicy;
  readonly azure: AzurePolicy;
  /** Reports of Intel's retired service for EPID. */
  readonly ias: SgxPolicy;
  readonly simulated: SimulatedPolicy;
}

/** The reader of each section. */
export const sections: { readonly [S in keyof Sections]: JsonReader<Sections[S]> } = {
  sgx: readSgx,
  tdx: readTdx,
  snp: readSnp,
  azure: readAzure,
  ias: readSgx,
  simulated: readSimulated,
};

/** The types of one kind, and the policy section that applies to it. */
interface Kind<E, D, A, S extends keyof Sections> {
  /** Evidence without endorsements; `never` if no worker makes evidence of the kind. */
  readonly evidence: E;
  /** Evidence with endorsements. */
  readonly endorsed: D;
  /** The facts about verified evidence. */
  readonly authentic: A;
  readonly section: S;
}

/** The types of each kind. */
export interface Kinds {
  readonly sgx: Kind<SgxEvidence, EndorsedSgx, AuthenticSgx, "sgx">;
  readonly tdx: Kind<TdxEvidence, EndorsedTdx, AuthenticTdx, "tdx">;
  readonly snp: Kind<SnpEvidence, EndorsedSnp, AuthenticSnp, "snp">;
  readonly ias: Kind<IasEvidence, EndorsedIas, AuthenticIas, "ias">;
  readonly azure: Kind<never, EndorsedAzure, AuthenticAzure, "azure">;
  readonly dstack: Kind<DstackEvidence, EndorsedDstack, AuthenticDstack, "tdx">;
  readonly simulated: Kind<SimulatedEvidence, SimulatedEvidence, AuthenticSimulated, "simulated">;
}

/** The name of a kind. */
export type EvidenceKind = keyof Kinds;

/**
 * Evidence from hardware, without endorsements. Endorsements are data that the hardware's maker signs and
 * publishes about the hardware. A verifier can get them from any source, for example from the worker's host,
 * because they are signed.
 */
export type Evidence = Kinds[EvidenceKind]["evidence"];

/** Evidence and endorsements: the complete input of a verifier. It is not verified. */
export type EndorsedEvidence = Kinds[EvidenceKind]["endorsed"];

/**
 * The facts about evidence that `verifyEvidence` has verified. These facts do not yet mean that a worker can
 * be trusted: a policy judges the TCB status and the measurements.
 */
export type Authentic = Kinds[EvidenceKind]["authentic"];

/** The functions for evidence of one kind. */
export interface Row<K extends EvidenceKind> {
  readonly form: EvidenceForm<Kinds[K]["evidence"], Kinds[K]["endorsed"]>;
  readonly section: Kinds[K]["section"];
  /**
   * Checks the rules about the platform and its settings. Returns the reasons for a refusal, or an empty
   * list. `section` is `undefined` if the policy does not have it.
   */
  readonly appraise: (
    general: GeneralPolicy,
    section: Sections[Kinds[K]["section"]] | undefined,
    authentic: Kinds[K]["authentic"],
    atMs: number,
  ) => readonly Reason[];
  /** Returns the facts by which the section recognizes code. Default: the measurements. */
  readonly code?: (authentic: Kinds[K]["authentic"]) => Code;
  /** Compares code with the section's entries. Returns the reasons for a refusal, or an empty list. */
  readonly judge: (section: Sections[Kinds[K]["section"]], code: Code, atMs: number) => readonly Reason[];
}

/** The rows, in the order in which a chain's registry numbers kinds. Add a new kind at the end. */
const kinds: { readonly [K in EvidenceKind]: Row<K> } = {
  sgx: {
    form: sgxForm,
    section: "sgx",
    appraise: appraiseSgx,
    code: enclaveCode,
    judge: judgeSgx,
  },
  tdx: {
    form: tdxForm,
    section: "tdx",
    appraise: appraiseTdx,
    judge: judgeTdx,
  },
  snp: {
    form: snpForm,
    section: "snp",
    appraise: appraiseSnp,
    code: snpCode,
    judge: judgeSnp,
  },
  ias: {
    form: iasForm,
    section: "ias",
    appraise: appraiseIas,
    code: enclaveCode,
    judge: judgeSgx,
  },
  azure: {
    form: azureForm,
    section: "azure",
    appraise: appraiseAzure,
    code: azureCode,
    judge: judgeAzure,
  },
  dstack: {
    form: dstackForm,
    section: "tdx",
    appraise: appraiseDstack,
    code: dstackCode,
    judge: judgeTdx,
  },
  simulated: {
    form: simulatedForm,
    section: "simulated",
    appraise: appraiseSimulated,
    judge: judgeSimulated,
  },
};

/**
 * Returns the row of a kind. If the kind is not known at compile time, the types let the row's functions take
 * evidence of any kind.
 */
export function rowOf<K extends EvidenceKind>(kind: K): Row<K> {
  return kinds[kind];
}

/** The facts by which a policy recognizes the code that authentic evidence describes. */
export function codeOf(authentic: Authentic): Code {
  const { kind, measurements, debug } = authentic;
  return { ...(rowOf(kind).code?.(authentic) ?? measurements), ...(debug ? { debug: "true" } : {}) };
}

/** The names of all kinds, in the order of {@link kinds}. */
export const evidenceKinds: readonly EvidenceKind[] = Object.keys(kinds) as EvidenceKind[];
