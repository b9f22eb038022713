/** Decides which SGX enclaves a policy accepts. */
import { type JsonReader, jsonMap, jsonObject, jsonOptional, jsonU32 } from "../../json/index.ts";
import type { Code } from "../code.ts";
import { type AuthenticSgx, type EnclaveFacts, enclaveDebug } from "../evidence/sgx.ts";
import { type BitField, type BitRule, bitReasons, bitRule, strictest } from "./bits.ts";
import type { Entry, GeneralPolicy } from "./general.ts";
import { dcapRules } from "./intel.ts";
import { entry, hex, list } from "./readers.ts";
import { anyOf, inDate, type Reason, unless } from "./reason.ts";
import { inSection } from "./section.ts";
import { plainRegisters, xsaveBits } from "./xsave.ts";

/** The reference values for enclaves. An enclave must match an entry of either list. */
export interface SgxPolicy {
  readonly measurements: readonly SgxMeasurement[];
  readonly mrsigner: readonly SgxSigner[];
  readonly attributes: BitRule;
  readonly xfrm: BitRule;
  readonly miscSelect: BitRule;
}

/**
 * The attributes of an enclave. MRENCLAVE does not cover them: the signer of the enclave decides which of
 * them the host may choose. The rule `debug` judges DEBUG. An enclave with PROVISIONKEY or EINITTOKEN_KEY
 * gets keys that are meant for Intel's own enclaves. With KSS, the host chooses the enclave's CONFIGID.
 * @see https://cdrdv2.intel.com/v1/dl/getContent/671200 (Intel's manual, volume 3, ATTRIBUTES and MISCSELECT)
 */
export const enclaveAttributes: BitField = {
  rule: "sgx-attributes",
  what: "its enclave's attributes",
  bits: {
    INIT: 0,
    MODE64BIT: 2,
    PROVISIONKEY: 4,
    EINITTOKEN_KEY: 5,
    CET: 6,
    KSS: 7,
    AEXNOTIFY: 10,
  },
  require: ["INIT", "MODE64BIT"],
  allow: ["INIT", "MODE64BIT"],
  ignored: enclaveDebug,
};

/** The extended features that an enclave may use (XFRM). */
export const enclaveFeatures: BitField = {
  rule: "xfrm",
  what: "its enclave's extended features (XFRM)",
  bits: xsaveBits,
  require: [],
  allow: plainRegisters,
  ignored: 0n,
};

/** What the processor writes into the enclave's own memory when an exception interrupts the enclave. */
export const enclaveMiscSelect: BitField = {
  rule: "misc-select",
  what: "its enclave's MISCSELECT bits",
  bits: { EXINFO: 0, CPINFO: 1 },
  require: [],
  allow: ["EXINFO", "CPINFO"],
  ignored: 0n,
};

/** The reference values for one build of an enclave. */
export interface SgxMeasurement extends Entry {
  /** 32 bytes, hex. */
  readonly mrenclave: string;
  readonly minIsvSvn: number;
}

/** The reference values for all enclaves that one key has signed as one product. */
export interface SgxSigner extends Entry {
  /** 32 bytes, hex. */
  readonly mrsigner: string;
  readonly isvProdId: number;
  readonly minIsvSvn: number;
}

const sgxMeasurement: JsonReader<SgxMeasurement> = jsonMap(
  jsonObject({ ...entry, mrenclave: hex(32), minIsvSvn: jsonOptional(jsonU32) }),
  ({ mrenclave, minIsvSvn = 0, notAfter }) => ({ mrenclave, minIsvSvn, notAfterMs: notAfter }),
);

const sgxSigner: JsonReader<SgxSigner> = jsonMap(
  jsonObject({ ...entry, mrsigner: hex(32), isvProdId: jsonU32, minIsvSvn: jsonU32 }),
  ({ notAfter, ...rest }) => ({ ...rest, notAfterMs: notAfter }),
);

/** Reads the section `sgx`, and the section `ias`, which has the same form. @throws JsonError */
export const readSgx: JsonReader<SgxPolicy> = jsonMap(
  jsonObject({
    measurements: jsonOptional(list(sgxMeasurement)),
    mrsigner: jsonOptional(list(sgxSigner)),
    attributes: jsonOptional(bitRule(enclaveAttributes)),
    xfrm: jsonOptional(bitRule(enclaveFeatures)),
    miscSelect: jsonOptional(bitRule(enclaveMiscSelect)),
  }),
  ({ measurements = [], mrsigner = [], ...bits }) => ({
    measurements,
    mrsigner,
    attributes: bits.attributes ?? strictest(enclaveAttributes),
    xfrm: bits.xfrm ?? strictest(enclaveFeatures),
    miscSelect: bits.miscSelect ?? strictest(enclaveMiscSelect),
  }),
);

/**
 * Checks the rules for SGX enclaves and for their Intel platform. Returns the reasons for a refusal, or an
 * empty list.
 */
export function appraiseSgx(
  general: GeneralPolicy,
  section: SgxPolicy | undefined,
  enclave: AuthenticSgx,
  atMs: number,
): readonly Reason[] {
  return [
    ...dcapRules(general, enclave, atMs),
    ...inSection(section, "sgx", "sgx", (sgx) => sgxRules(sgx, enclave)),
  ];
}

interface Enclave extends EnclaveFacts {
  readonly measurements: Readonly<Record<string, string>>;
}

/**
 * MRSIGNER of the published key in Intel's sample code.
 * https://github.com/intel/linux-sgx/tree/main/SampleCode/SampleEnclave
 */
export const sampleSigner = "83d719e77deaca1470f6baf62a4d774303c899db69020f9c70ee1dfc08c7ce9e";

/**
 * Checks an enclave's configuration. The enclave's evidence may be a DCAP quote or a report of Intel's
 * retired service. Returns the reasons for a refusal, or an empty list.
 */
export function sgxRules(policy: SgxPolicy, enclave: EnclaveFacts): readonly Reason[] {
  return [
    ...bitReasons(enclaveAttributes, policy.attributes, enclave.attributes),
    ...bitReasons(enclaveFeatures, policy.xfrm, enclave.xfrm),
    ...bitReasons(enclaveMiscSelect, policy.miscSelect, BigInt(enclave.miscSelect)),
  ];
}

/** The facts by which a policy recognizes an enclave: its measurements, product and version. */
export function enclaveCode({ measurements, isvProdId, isvSvn }: Enclave): Code {
  return { ...measurements, isvProdId: String(isvProdId), isvSvn: String(isvSvn) };
}

/**
 * Compares an enclave with the entries of the section. Returns the reasons for a refusal, or an empty list.
 */
export function judgeSgx(policy: SgxPolicy, enclave: Code, atMs: number): readonly Reason[] {
  const { mrenclave, mrsigner } = enclave;
  const byMeasurement = policy.measurements
    .filter((entry) => entry.mrenclave === mrenclave)
    .map((entry) => [
      ...security(entry.minIsvSvn, enclave),
      ...inDate(entry, `the enclave ${mrenclave}`, atMs),
    ]);
  const bySigner = policy.mrsigner
    .filter((entry) => entry.mrsigner === mrsigner)
    .map((entry) => [
      ...product(entry.isvProdId, enclave),
      ...security(entry.minIsvSvn, enclave),
      ...inDate(entry, `enclaves signed by ${mrsigner}`, atMs),
    ]);
  return [
    ...unless(
      mrsigner !== sampleSigner,
      "sample-signer",
      () => "it is signed with the key of Intel's sample code, which is public",
    ),
    ...anyOf([...byMeasurement, ...bySigner], {
      rule: "measurement",
      said:
        `the policy names neither the enclave (MRENCLAVE ${mrenclave}) ` +
        `nor its signer (MRSIGNER ${mrsigner})`,
    }),
  ];
}

function product(want: number, { isvProdId }: Code): readonly Reason[] {
  return unless(
    isvProdId === String(want),
    "isv-prod-id",
    () => `it is product ${isvProdId} of its signer, and the policy accepts product ${want}`,
  );
}

function security(least: number, { isvSvn }: Code): readonly Reason[] {
  return unless(
    Number(isvSvn) >= least,
    "min-isv-svn",
    () => `its security version is ${isvSvn}, and the policy requires ${least} or later`,
  );
}
