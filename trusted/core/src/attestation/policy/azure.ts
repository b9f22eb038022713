/**
 * Decides which Azure guests a policy accepts. The hardware vouches for the paravisor, and the paravisor's
 * vTPM vouches for the software that the guest booted.
 */
import {
  JsonError,
  type JsonReader,
  jsonAnyObject,
  jsonMap,
  jsonObject,
  jsonOptional,
} from "../../json/index.ts";
import type { Code } from "../code.ts";
import type { AuthenticAzure } from "../evidence/azure.ts";
import type { Entry, GeneralPolicy } from "./general.ts";
import { dcapRules } from "./intel.ts";
import { entry, hex, list } from "./readers.ts";
import { anyOf, inDate, type Reason, unless } from "./reason.ts";
import { inSection } from "./section.ts";
import { readSnpRules, type SnpRules, snpRules } from "./snp.ts";
import { readTdxRules, type TdxRules, tdxRules } from "./tdx.ts";

/** The section for Azure guests on TDX or SEV-SNP. */
export interface AzurePolicy {
  readonly images: readonly AzureImage[];
  readonly tdx: TdxRules | undefined;
  readonly snp: SnpRules | undefined;
}

/** The reference values for a paravisor and for the software that the guest booted. */
export interface AzureImage extends Entry {
  /** 48 bytes, hex: MRTD on TDX, MEASUREMENT on SEV-SNP. */
  readonly launch: string;
  /** 32 bytes, hex, by PCR number. At least one PCR is required. */
  readonly pcrs: Readonly<Record<string, string>>;
}

const pcrValue = hex(32);
const pcrValues: JsonReader<Readonly<Record<string, string>>> = jsonMap(jsonAnyObject, (read, at) => {
  const values = Object.entries(read);
  if (values.length === 0) throw new JsonError({ code: "json/out-of-range", at, want: "one PCR or more" });
  if (values.some(([name]) => !/^(?:1?[0-9]|2[0-3])$/.test(name)))
    throw new JsonError({ code: "json/unknown-key", at });
  return Object.fromEntries(values.map(([name, digest]) => [name, pcrValue(digest, `${at}/${name}`)]));
});

const azureImage: JsonReader<AzureImage> = jsonMap(
  jsonObject({ ...entry, launch: hex(48), pcrs: pcrValues }),
  ({ launch, pcrs, notAfter }) => ({ launch, pcrs, notAfterMs: notAfter }),
);

/** Reads the section `azure`. @throws JsonError */
export const readAzure: JsonReader<AzurePolicy> = jsonObject({
  images: list(azureImage),
  tdx: jsonOptional(readTdxRules),
  snp: jsonOptional(readSnpRules),
});

/**
 * Checks the rules for Azure guests and for their hardware. Returns the reasons for a refusal, or an
 * empty list.
 */
export function appraiseAzure(
  general: GeneralPolicy,
  section: AzurePolicy | undefined,
  guest: AuthenticAzure,
  atMs: number,
): readonly Reason[] {
  return [
    ...(guest.hardware.kind === "tdx" ? dcapRules(general, guest.hardware, atMs) : []),
    ...inSection(section, "azure", "azure", (azure) => hardwareRules(azure, guest)),
  ];
}

function hardwareRules(policy: AzurePolicy, { hardware }: AuthenticAzure): readonly Reason[] {
  if (hardware.kind === "tdx")
    return policy.tdx === undefined ? [noHardware("tdx")] : tdxRules(policy.tdx, hardware);
  return policy.snp === undefined ? [noHardware("snp")] : snpRules(policy.snp, hardware);
}

function noHardware(kind: "tdx" | "snp"): Reason {
  return {
    rule: "kind",
    said: `the policy accepts no Azure guest on ${kind}: its section azure has no section ${kind}`,
  };
}

/** The facts by which a policy recognizes a guest: its launch measurement, and its PCRs (`pcr0`). */
export function azureCode({ hardware: { kind, measurements }, pcrs }: AuthenticAzure): Code {
  const launch = measurements[kind === "tdx" ? "mrtd" : "measurement"] as string;
  const named = Object.entries(pcrs).map(([number, digest]) => [`pcr${number}`, digest] as const);
  return { launch, ...Object.fromEntries(named) };
}

/** Compares a guest with the policy's images. Returns the reasons for a refusal, or an empty list. */
export function judgeAzure(policy: AzurePolicy, guest: Code, atMs: number): readonly Reason[] {
  const { launch } = guest;
  const attempts = policy.images
    .filter((image) => image.launch === launch)
    .map((image) => [...pcrs(image, guest), ...inDate(image, `the paravisor ${launch}`, atMs)]);
  return anyOf(attempts, {
    rule: "measurement",
    said: `the policy names no paravisor with launch measurement ${launch}`,
  });
}

function pcrs(image: AzureImage, guest: Code): readonly Reason[] {
  const wrong = Object.entries(image.pcrs).filter(([number, want]) => guest[`pcr${number}`] !== want);
  return unless(wrong.length === 0, "pcrs", () =>
    wrong.map(([number, want]) => `PCR ${number} is ${guest[`pcr${number}`]}, not ${want}`).join("; "),
  );
}
