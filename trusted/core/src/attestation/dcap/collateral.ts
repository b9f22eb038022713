/**
 * Collateral: the data that Intel publishes about platforms and quoting enclaves, as one JSON object that
 * Intel's libraries call QuoteCollateralV3. This file checks the syntax only. TCB info and QE identity are
 * JSON texts inside that object. Their signatures cover the exact bytes of these texts, so the decoder keeps
 * the bytes beside the values.
 * @see https://api.portal.trustedservices.intel.com/content/documentation.html
 */
import { decodePem } from "../../asn1/index.ts";
import { fromHex, fromUtf8, utf8 } from "../../bytes/index.ts";
import {
  decodeJson,
  JsonError,
  type JsonReader,
  jsonArray,
  jsonHex,
  jsonObject,
  jsonOptional,
  jsonString,
  jsonU32,
} from "../../json/index.ts";
import { type Certificate, type Crl, decodeCertificate, decodeCrl } from "../../x509/index.ts";
import type { TcbStatus } from "../evidence/claims.ts";
import { evidenceLimits } from "../evidence/limits.ts";
import { DcapError } from "./error.ts";

/** Decoded collateral. It is not verified. */
export interface Collateral {
  readonly rootCrl: Crl;
  readonly pckCrl: Crl;
  readonly tcbInfo: Signed<TcbInfo>;
  readonly qeIdentity: Signed<QeIdentity>;
}

/** A signed text. */
export interface Signed<T> {
  /** The decoded content of the text. */
  readonly value: T;
  /** The bytes that were signed. */
  readonly bytes: Uint8Array;
  /** r ‖ s. */
  readonly signature: Uint8Array;
  /** The certificate chain of the key that signed the text, leaf first. */
  readonly chain: readonly Certificate[];
}

const maxLength = evidenceLimits.collateral;

/**
 * Reads the UTF-8 JSON of collateral.
 * @throws {@link DcapError}, {@link JsonError}, {@link Asn1Error}, {@link X509Error}
 */
export function decodeCollateral(bytes: Uint8Array): Collateral {
  if (bytes.length > maxLength)
    throw new DcapError({ code: "dcap/collateral-too-long", length: bytes.length, limit: maxLength });
  const parts = decodeJson(fromUtf8(bytes), readCollateral, { maxLength, maxDepth: 4 });
  const tcbChain = decodeChain(parts.tcb_info_issuer_chain);
  const sameChain = parts.qe_identity_issuer_chain === parts.tcb_info_issuer_chain;
  return {
    rootCrl: decodeCrl(parts.root_ca_crl),
    pckCrl: decodeCrl(parts.pck_crl),
    tcbInfo: {
      value: decodeTcbInfo(parts.tcb_info),
      bytes: utf8(parts.tcb_info),
      signature: parts.tcb_info_signature,
      chain: tcbChain,
    },
    qeIdentity: {
      value: decodeQeIdentity(parts.qe_identity),
      bytes: utf8(parts.qe_identity),
      signature: parts.qe_identity_signature,
      chain: sameChain ? tcbChain : decodeChain(parts.qe_identity_issuer_chain),
    },
  };
}

/** Reads the certificates in a PEM text. @throws {@link Asn1Error}, {@link X509Error} */
export function decodeChain(pem: string): readonly Certificate[] {
  return decodePem("CERTIFICATE", pem).map(decodeCertificate);
}

/** Reads hex of any length. */
const jsonHexText: JsonReader<Uint8Array> = (value, at) => {
  if (typeof value !== "string") throw new JsonError({ code: "json/wrong-type", at, want: "hex string" });
  return fromHex(value);
};

const readCollateral = jsonObject({
  /** Not used: the quote contains the certificate of the CA that signs `pck_crl`. */
  pck_crl_issuer_chain: jsonString(),
  root_ca_crl: jsonHexText,
  pck_crl: jsonHexText,
  tcb_info_issuer_chain: jsonString(),
  tcb_info: jsonString(),
  tcb_info_signature: jsonHex(64),
  qe_identity_issuer_chain: jsonString(),
  qe_identity: jsonString(),
  qe_identity_signature: jsonHex(64),
  /** Some tools add this chain. Only the chain inside the quote is used. */
  pck_certificate_chain: jsonOptional(jsonString()),
});

/** Reads a UTC time in whole seconds. Returns Unix milliseconds. */
const jsonInstant: JsonReader<number> = (value, at) => {
  const ms =
    typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)
      ? Date.parse(value)
      : Number.NaN;
  if (!Number.isFinite(ms) || `${new Date(ms).toISOString().slice(0, 19)}Z` !== value)
    throw new DcapError({ code: "dcap/bad-date", at });
  return ms;
};

function jsonOneOf<const T extends string>(words: readonly T[]): JsonReader<T> {
  return (value, at) => {
    const word = words.find((known) => known === value);
    if (word === undefined) throw new DcapError({ code: "dcap/unsupported-collateral", at });
    return word;
  };
}

/** Intel's status of a platform's TCB level. */
export type LevelStatus = Exclude<TcbStatus, `TDRelaunch${string}` | "Unversioned">;

const jsonLevelStatus: JsonReader<LevelStatus> = jsonOneOf([
  "UpToDate",
  "SWHardeningNeeded",
  "ConfigurationNeeded",
  "ConfigurationAndSWHardeningNeeded",
  "OutOfDate",
  "OutOfDateConfigurationNeeded",
  "Revoked",
]);

/** Intel's status of one version of its own quoting enclave or TDX module. */
export type SvnStatus = "UpToDate" | "OutOfDate" | "Revoked";

const jsonSvnStatus: JsonReader<SvnStatus> = jsonOneOf(["UpToDate", "OutOfDate", "Revoked"]);

/**
 * The number of TCB levels in one document of Intel's collateral.
 * @limit levels
 * @source chosen: Intel publishes far fewer for a model
 * @past `json/out-of-range`
 */
const maxLevels = 256;
const jsonAdvisories = jsonOptional(jsonArray(jsonString(64), 256));

/** One version of an enclave or a module, and Intel's status of that version. */
export interface SvnLevel {
  readonly tcb: { readonly isvsvn: number };
  /** Unix milliseconds. */
  readonly tcbDate: number;
  readonly tcbStatus: SvnStatus;
  readonly advisoryIDs: readonly string[] | undefined;
}

/** Reads a list of levels. Intel lists the newest level first. */
const jsonSvnLevels: JsonReader<readonly SvnLevel[]> = jsonArray(
  jsonObject(
    {
      tcb: jsonObject({ isvsvn: jsonU32 }, "ignored"),
      tcbDate: jsonInstant,
      tcbStatus: jsonSvnStatus,
      advisoryIDs: jsonAdvisories,
    },
    "ignored",
  ),
  maxLevels,
);

/**
 * The security version numbers (SVNs) of a platform: those of 16 SGX components, of the PCE and, on TDX
 * platforms, of 16 TDX components.
 */
export interface PlatformTcb {
  readonly sgx: readonly number[];
  readonly pceSvn: number;
  readonly tdx: readonly number[] | undefined;
}

const jsonSvn: JsonReader<number> = (value, at) => {
  const svn = jsonU32(value, at);
  if (svn > 0xffff) throw new JsonError({ code: "json/out-of-range", at, want: "u16" });
  return svn;
};

const jsonComponent = jsonObject({ svn: jsonSvn }, "ignored");
const jsonComponents: JsonReader<readonly number[]> = (value, at) => {
  const components = jsonArray(jsonComponent, 16)(value, at);
  if (components.length !== 16) throw new JsonError({ code: "json/out-of-range", at, want: "16 components" });
  return components.map(({ svn }) => svn);
};

const tcbV3 = jsonObject(
  { sgxtcbcomponents: jsonComponents, pcesvn: jsonSvn, tdxtcbcomponents: jsonOptional(jsonComponents) },
  "ignored",
);
const jsonTcbV3: JsonReader<PlatformTcb> = (value, at) => {
  const { sgxtcbcomponents: sgx, pcesvn: pceSvn, tdxtcbcomponents: tdx } = tcbV3(value, at);
  return { sgx, pceSvn, tdx };
};

const namesV2: readonly string[] = Array.from(
  { length: 16 },
  (_, i) => `sgxtcbcomp${String(i + 1).padStart(2, "0")}svn`,
);
const tcbV2 = jsonObject(
  { pcesvn: jsonSvn, ...Object.fromEntries(namesV2.map((name) => [name, jsonSvn])) },
  "ignored",
);
const jsonTcbV2: JsonReader<PlatformTcb> = (value, at) => {
  const tcb = tcbV2(value, at) as Readonly<Record<string, number>>;
  return { sgx: namesV2.map((name) => tcb[name] as number), pceSvn: tcb["pcesvn"] as number, tdx: undefined };
};

/** One TCB level of a platform, and Intel's status of that level. */
export interface PlatformLevel {
  readonly tcb: PlatformTcb;
  /** Unix milliseconds. */
  readonly tcbDate: number;
  readonly tcbStatus: LevelStatus;
  readonly advisoryIDs: readonly string[] | undefined;
}

/** Reads a list of levels. Intel lists the newest level first. */
const jsonPlatformLevels = (tcb: JsonReader<PlatformTcb>): JsonReader<readonly PlatformLevel[]> =>
  jsonArray(
    jsonObject(
      { tcb, tcbDate: jsonInstant, tcbStatus: jsonLevelStatus, advisoryIDs: jsonAdvisories },
      "ignored",
    ),
    maxLevels,
  );

/** The signer of a TDX module, and the module's attributes. */
export interface TdxModule {
  readonly mrsigner: Uint8Array;
  readonly attributes: Uint8Array;
}

/** A TDX module that is versioned separately from the platform. */
export interface TdxModuleIdentity extends TdxModule {
  /** `TDX_01`, … */
  readonly id: string;
  readonly tcbLevels: readonly SvnLevel[];
}

const moduleShape = { mrsigner: jsonHex(48), attributes: jsonHex(8) };
const jsonModule: JsonReader<TdxModule> = jsonObject(moduleShape, "ignored");
const jsonModuleIdentity: JsonReader<TdxModuleIdentity> = jsonObject(
  { ...moduleShape, id: jsonString(64), tcbLevels: jsonSvnLevels },
  "ignored",
);

/**
 * The fields that TCB info and QE identity share. Both are valid from `issueDate` to `nextUpdate`, inclusive,
 * in Unix milliseconds.
 */
export interface Dated {
  readonly issueDate: number;
  readonly nextUpdate: number;
  readonly tcbEvaluationDataNumber: number;
}

/** The TCB levels of one platform model, newest first. */
export interface TcbInfo extends Dated {
  readonly tee: "sgx" | "tdx";
  readonly fmspc: Uint8Array;
  readonly pceId: Uint8Array;
  readonly tdxModule: TdxModule | undefined;
  readonly tdxModuleIdentities: readonly TdxModuleIdentity[];
  readonly tcbLevels: readonly PlatformLevel[];
}

const dated = { issueDate: jsonInstant, nextUpdate: jsonInstant, tcbEvaluationDataNumber: jsonU32 };
const platform = { ...dated, fmspc: jsonHex(6), pceId: jsonHex(2) };

const tcbInfoV2 = jsonObject({ ...platform, tcbLevels: jsonPlatformLevels(jsonTcbV2) }, "ignored");
const tcbInfoV3 = jsonObject(
  {
    ...platform,
    id: jsonOneOf(["SGX", "TDX"]),
    tcbLevels: jsonPlatformLevels(jsonTcbV3),
    tdxModule: jsonOptional(jsonModule),
    tdxModuleIdentities: jsonOptional(jsonArray(jsonModuleIdentity, 64)),
  },
  "ignored",
);

const jsonVersion = jsonObject({ version: jsonU32 }, "ignored");

/**
 * Reads TCB info of version 2 or 3. Ignores unknown fields, because Intel may add fields without changing the
 * known fields.
 */
const jsonTcbInfo: JsonReader<TcbInfo> = (value, at) => {
  const { version } = jsonVersion(value, at);
  if (version === 2)
    return { ...tcbInfoV2(value, at), tee: "sgx", tdxModule: undefined, tdxModuleIdentities: [] };
  if (version !== 3) throw new DcapError({ code: "dcap/unsupported-collateral", at: `${at}/version` });
  const { id, tdxModuleIdentities = [], ...info } = tcbInfoV3(value, at);
  return { ...info, tee: id === "SGX" ? "sgx" : "tdx", tdxModuleIdentities };
};

function decodeTcbInfo(text: string): TcbInfo {
  return decodeJson(text, jsonTcbInfo, { maxLength, maxDepth: 8 });
}

/** The identity of Intel's quoting enclave. */
export interface QeIdentity extends Dated {
  readonly id: "QE" | "TD_QE";
  readonly miscselect: Uint8Array;
  readonly miscselectMask: Uint8Array;
  readonly attributes: Uint8Array;
  readonly attributesMask: Uint8Array;
  readonly mrsigner: Uint8Array;
  readonly isvprodid: number;
  readonly tcbLevels: readonly SvnLevel[];
}

const qeIdentityV2: JsonReader<QeIdentity> = jsonObject(
  {
    ...dated,
    id: jsonOneOf<"QE" | "TD_QE">(["QE", "TD_QE"]),
    miscselect: jsonHex(4),
    miscselectMask: jsonHex(4),
    attributes: jsonHex(16),
    attributesMask: jsonHex(16),
    mrsigner: jsonHex(32),
    isvprodid: jsonU32,
    tcbLevels: jsonSvnLevels,
  },
  "ignored",
);

const jsonQeIdentity: JsonReader<QeIdentity> = (value, at) => {
  if (jsonVersion(value, at).version !== 2)
    throw new DcapError({ code: "dcap/unsupported-collateral", at: `${at}/version` });
  return qeIdentityV2(value, at);
};

function decodeQeIdentity(text: string): QeIdentity {
  return decodeJson(text, jsonQeIdentity, { maxLength, maxDepth: 8 });
}
