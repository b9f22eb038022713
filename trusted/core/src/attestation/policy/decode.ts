/** Reads the text of a policy: strict JSON, every field known, every length right. What is left out becomes the strictest choice. */
import { fromHex, toHex } from "../../bytes/index.ts";
import {
  decodeJson,
  type Json,
  JsonError,
  type JsonLimits,
  type JsonObject,
  type JsonReader,
  jsonAny,
  jsonArray,
  jsonBool,
  jsonHex,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonString,
  jsonU32,
} from "../../json/index.ts";
import { tcbStatuses } from "../authentic.ts";
import { PolicyError } from "./error.ts";
import type {
  AzureImage,
  AzurePolicy,
  Policy,
  SgxMeasurement,
  SgxPolicy,
  SgxSigner,
  SimulatedPolicy,
  SnpMeasurement,
  SnpPolicy,
  SnpRules,
  TcbPolicy,
  TdxImage,
  TdxPolicy,
  TdxRules,
} from "./policy.ts";

/** Of a policy's text, signed or not. */
export const policyLimits: JsonLimits = { maxLength: 256 * 1024, maxDepth: 8 };

/**
 * A policy that its reader vouches for. For one that travels, {@link verifyPolicy} is the function.
 * @throws JsonError; {@link PolicyError} `policy/unknown-version`
 */
export function decodePolicy(text: string): Policy {
  return decodeJson(text, readPolicy, policyLimits);
}

const maxItems = 1024;
const list = <T>(item: JsonReader<T>): JsonReader<readonly T[]> => jsonArray(item, maxItems);

/** Hex of either case, which evidence has in lower case. */
function hex(length: number): JsonReader<string> {
  const bytes = jsonHex(length);
  return (value, at) => toHex(bytes(value, at));
}

/** `2026-12-31T23:59:59Z`; a day alone lasts until its end. UTC, and only days that exist. */
const date: JsonReader<number> = (value, at) => {
  const text = jsonString(24)(value, at);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const full = day ? `${text}T23:59:59.999Z` : text.replace(/^([^.]*)Z$/, "$1.000Z");
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(full) ? Date.parse(full) : Number.NaN;
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== full)
    throw new JsonError({
      code: "json/out-of-range",
      at,
      want: "a UTC date such as 2026-12-31T00:00:00Z, or a day such as 2026-12-31",
    });
  return ms;
};

const entry = { notAfter: jsonOptional(date) };

const readTcb: JsonReader<TcbPolicy> = (value, at) => {
  const shape = jsonObject({
    accept: list(status),
    advisoriesAllowed: jsonOptional(list(jsonString(64))),
    graceDays: jsonOptional(jsonU32),
  });
  const { accept, advisoriesAllowed = [], graceDays = 0 } = shape(value, at);
  return { accept, advisoriesAllowed, graceDays };
};

function status(value: Json, at: string): TcbPolicy["accept"][number] {
  const text = jsonString()(value, at);
  const known = tcbStatuses.find((word) => word === text);
  if (known === undefined || known === "Unversioned")
    throw new JsonError({ code: "json/unknown-variant", at });
  return known;
}

const readSgx: JsonReader<SgxPolicy> = (value, at) => {
  const shape = jsonObject({
    measurements: jsonOptional(list(sgxMeasurement)),
    mrsigner: jsonOptional(list(sgxSigner)),
  });
  const { measurements = [], mrsigner = [] } = shape(value, at);
  return { measurements, mrsigner };
};

const sgxMeasurement: JsonReader<SgxMeasurement> = (value, at) => {
  const shape = jsonObject({ ...entry, mrenclave: hex(32), minIsvSvn: jsonOptional(jsonU32) });
  const { mrenclave, minIsvSvn = 0, notAfter } = shape(value, at);
  return { mrenclave, minIsvSvn, notAfterMs: notAfter };
};

const sgxSigner: JsonReader<SgxSigner> = (value, at) => {
  const shape = jsonObject({ ...entry, mrsigner: hex(32), isvProdId: jsonU32, minIsvSvn: jsonU32 });
  const { notAfter, ...rest } = shape(value, at);
  return { ...rest, notAfterMs: notAfter };
};

const tdxRules = {
  requireSeptVeDisable: jsonOptional(jsonBool),
  allowServiceTd: jsonOptional(list(hex(48))),
  xfamMask: jsonOptional(hex(8)),
};

const tdxRulesShape = jsonObject(tdxRules);

function tdxRulesOf(read: ReturnType<typeof tdxRulesShape>): TdxRules {
  const { requireSeptVeDisable = true, allowServiceTd = [], xfamMask } = read;
  return {
    requireSeptVeDisable,
    allowServiceTd,
    xfamMask: xfamMask === undefined ? undefined : littleEndian(xfamMask),
  };
}

function littleEndian(text: string): bigint {
  return BigInt(`0x${toHex(fromHex(text).reverse())}`);
}

const readTdx: JsonReader<TdxPolicy> = (value, at) => {
  const { images, ...rules } = jsonObject({ ...tdxRules, images: list(tdxImage) })(value, at);
  return { images, ...tdxRulesOf(rules) };
};

const tdxImage: JsonReader<TdxImage> = (value, at) => {
  const [register, hash] = [jsonOptional(hex(48)), jsonOptional(hex(32))];
  const shape = jsonObject({
    ...entry,
    mrtd: hex(48),
    rtmr0: register,
    rtmr1: register,
    rtmr2: register,
    rtmr3: register,
    composeHash: hash,
    osImageHash: hash,
    appId: jsonOptional(hex(20)),
  });
  const { notAfter, composeHash, osImageHash, appId, ...registers } = shape(value, at);
  const events = { "compose-hash": composeHash, "os-image-hash": osImageHash, "app-id": appId };
  return { registers: present(registers), events: present(events), notAfterMs: notAfter };
};

function present(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const leastTcb = jsonOptional(jsonHex(8));

const snpRules = {
  minTcb: jsonOptional(jsonObject({ milan: leastTcb, genoa: leastTcb, turin: leastTcb })),
  vmpl: jsonOptional(list(vmpl)),
  allowVlek: jsonOptional(jsonBool),
  allowSmt: jsonOptional(jsonBool),
  allowMigrationAgent: jsonOptional(jsonBool),
  chipIdAllow: jsonOptional(jsonNullable(list(hex(64)))),
};

function vmpl(value: Json, at: string): number {
  const level = jsonU32(value, at);
  if (level > 3)
    throw new JsonError({ code: "json/out-of-range", at, want: "a privilege level from 0 to 3" });
  return level;
}

const snpRulesShape = jsonObject(snpRules);

function snpRulesOf(read: ReturnType<typeof snpRulesShape>): SnpRules {
  const { vmpl = [0], allowVlek = false, allowSmt = false, allowMigrationAgent = false } = read;
  const { milan, genoa, turin } = read.minTcb ?? {};
  const minTcb = {
    ...(milan === undefined ? {} : { milan }),
    ...(genoa === undefined ? {} : { genoa }),
    ...(turin === undefined ? {} : { turin }),
  };
  return {
    minTcb,
    vmpl,
    allowVlek,
    allowSmt,
    allowMigrationAgent,
    chipIdAllow: read.chipIdAllow ?? undefined,
  };
}

const readSnp: JsonReader<SnpPolicy> = (value, at) => {
  const { measurements, ...rules } = jsonObject({ ...snpRules, measurements: list(snpMeasurement) })(
    value,
    at,
  );
  return { measurements, ...snpRulesOf(rules) };
};

/** The bare measurement, or an object with conditions. */
const snpMeasurement: JsonReader<SnpMeasurement> = (value, at) => {
  if (typeof value === "string")
    return { measurement: hex(48)(value, at), minGuestSvn: 0, notAfterMs: undefined };
  const shape = jsonObject({ ...entry, measurement: hex(48), minGuestSvn: jsonOptional(jsonU32) });
  const { measurement, minGuestSvn = 0, notAfter } = shape(value, at);
  return { measurement, minGuestSvn, notAfterMs: notAfter };
};

const readAzure: JsonReader<AzurePolicy> = (value, at) => {
  const shape = jsonObject({
    images: list(azureImage),
    tdx: jsonOptional(tdxRulesShape),
    snp: jsonOptional(snpRulesShape),
  });
  const { images, tdx, snp } = shape(value, at);
  return {
    images,
    tdx: tdx === undefined ? undefined : tdxRulesOf(tdx),
    snp: snp === undefined ? undefined : snpRulesOf(snp),
  };
};

const azureImage: JsonReader<AzureImage> = (value, at) => {
  const { launch, pcrs, notAfter } = jsonObject({ ...entry, launch: hex(48), pcrs: pcrValues })(value, at);
  return { launch, pcrs, notAfterMs: notAfter };
};

function pcrValues(value: Json, at: string): Record<string, string> {
  jsonObject({}, "ignored")(value, at);
  const values = Object.entries(value as JsonObject);
  if (values.length === 0) throw new JsonError({ code: "json/out-of-range", at, want: "one PCR or more" });
  if (values.some(([name]) => !/^(?:1?[0-9]|2[0-3])$/.test(name)))
    throw new JsonError({ code: "json/unknown-key", at });
  return Object.fromEntries(values.map(([name, digest]) => [name, hex(32)(digest, `${at}/${name}`)]));
}

const readSimulated: JsonReader<SimulatedPolicy> = (value, at) => {
  const { measurements } = jsonObject({ measurements: jsonNullable(list(hex(32))) })(value, at);
  return { measurements: measurements ?? undefined };
};

const versionOf = jsonObject({ version: jsonU32 }, "ignored");
const shape = jsonObject({
  version: jsonAny,
  notAfter: jsonOptional(date),
  maxAgeSec: jsonOptional(jsonU32),
  minTcbEvaluationDataNumber: jsonOptional(jsonU32),
  collateralMaxAgeDays: jsonOptional(jsonU32),
  tcb: jsonOptional(readTcb),
  fmspcDeny: jsonOptional(list(hex(6))),
  ppidAllow: jsonOptional(jsonNullable(list(hex(16)))),
  allowDebug: jsonOptional(jsonBool),
  sgx: jsonOptional(readSgx),
  tdx: jsonOptional(readTdx),
  snp: jsonOptional(readSnp),
  azure: jsonOptional(readAzure),
  ias: jsonOptional(readSgx),
  simulated: jsonOptional(readSimulated),
});

/** The policy that a JSON value is. @throws JsonError; {@link PolicyError} `policy/unknown-version` */
export const readPolicy: JsonReader<Policy> = (value, at) => {
  const { version } = versionOf(value, at);
  if (version !== 1) throw new PolicyError({ code: "policy/unknown-version", version });
  const {
    notAfter,
    maxAgeSec = 3600,
    fmspcDeny = [],
    ppidAllow,
    allowDebug = false,
    ...rest
  } = shape(value, at);
  const { minTcbEvaluationDataNumber, collateralMaxAgeDays, sgx, tdx, snp, azure, ias, simulated } = rest;
  return {
    notAfterMs: notAfter,
    maxAgeSec,
    minTcbEvaluationDataNumber,
    collateralMaxAgeDays,
    tcb: rest.tcb ?? { accept: [], advisoriesAllowed: [], graceDays: 0 },
    fmspcDeny,
    ppidAllow: ppidAllow ?? undefined,
    allowDebug,
    sgx,
    tdx,
    snp,
    azure,
    ias,
    simulated,
  };
};
