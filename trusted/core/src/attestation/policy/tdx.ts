/** Decides which TDX guests a policy accepts, and how they must be configured. */
import { type JsonReader, jsonMap, jsonObject, jsonOptional, type Read } from "../../json/index.ts";
import type { Code } from "../code.ts";
import type { AuthenticTdx, TdxFacts } from "../evidence/tdx.ts";
import { type BitField, type BitRule, bitReasons, bitRule, strictest } from "./bits.ts";
import type { Entry, GeneralPolicy } from "./general.ts";
import { dcapRules } from "./intel.ts";
import { entry, hex, list } from "./readers.ts";
import { anyOf, inDate, type Reason, unless } from "./reason.ts";
import { inSection } from "./section.ts";
import { plainRegisters, xsaveBits } from "./xsave.ts";

/** The required configuration of a TDX guest. */
export interface TdxRules {
  readonly attributes: BitRule;
  readonly xfam: BitRule;
  /** 48 bytes, hex: measurements of the service TDs that are accepted. */
  readonly allowServiceTd: readonly string[];
}

/**
 * The attributes of a TD. The rule `debug` judges the bits for debugging and profiling (0 and 4 to 6).
 * `ICSSD` and `LASS` are defences of the guest. `MIGRATABLE` lets a migration TD copy the guest's memory and
 * keys to another machine.
 * @see https://cdrdv2.intel.com/v1/dl/getContent/733579 (Intel's TDX module ABI specification, ATTRIBUTES)
 */
export const tdAttributes: BitField = {
  rule: "td-attributes",
  what: "its TD's attributes",
  bits: {
    ICSSD: 16,
    LASS: 27,
    SEPT_VE_DISABLE: 28,
    MIGRATABLE: 29,
    PKS: 30,
    KL: 31,
    TPA: 62,
    PERFMON: 63,
  },
  require: ["SEPT_VE_DISABLE"],
  allow: ["SEPT_VE_DISABLE", "ICSSD", "LASS"],
  ignored: 0b0111_0001n,
};

/** The extended features that a TD may use (XFAM). */
export const tdFeatures: BitField = {
  rule: "xfam",
  what: "its TD's extended features (XFAM)",
  bits: xsaveBits,
  require: [],
  allow: plainRegisters,
  ignored: 0n,
};

/** The section for TDX guests, with or without dstack's event log. */
export interface TdxPolicy extends TdxRules {
  readonly images: readonly TdxImage[];
}

/** The events of dstack's run-time register that a policy can require, in addition to the registers. */
export type ImageEvent = "compose-hash" | "os-image-hash" | "app-id";

/** The reference values for one guest image. Registers that are not listed may have any value. */
export interface TdxImage extends Entry {
  /** 48 bytes, hex, by the names that evidence uses (`mrtd`, `rtmr0`, …). */
  readonly registers: Readonly<Record<string, string>>;
  /**
   * Hex, by the names of dstack's events (`compose-hash`, `os-image-hash`, `app-id`). If an event is listed,
   * evidence without an event log does not match the image.
   */
  readonly events: Readonly<Partial<Record<ImageEvent, string>>>;
}

const rulesKeys = {
  attributes: jsonOptional(bitRule(tdAttributes)),
  xfam: jsonOptional(bitRule(tdFeatures)),
  allowServiceTd: jsonOptional(list(hex(48))),
};

const rulesShape = jsonObject(rulesKeys);

function rulesOf(read: Read<typeof rulesShape>): TdxRules {
  const { attributes = strictest(tdAttributes), xfam = strictest(tdFeatures), allowServiceTd = [] } = read;
  return { attributes, xfam, allowServiceTd };
}

/** Reads the rules for TDX in the section `azure`, which have no images. @throws JsonError */
export const readTdxRules: JsonReader<TdxRules> = jsonMap(rulesShape, rulesOf);

const [register, hash] = [jsonOptional(hex(48)), jsonOptional(hex(32))];
const tdxImage: JsonReader<TdxImage> = jsonMap(
  jsonObject({
    ...entry,
    mrtd: hex(48),
    rtmr0: register,
    rtmr1: register,
    rtmr2: register,
    rtmr3: register,
    composeHash: hash,
    osImageHash: hash,
    appId: jsonOptional(hex(20)),
  }),
  ({ notAfter, composeHash, osImageHash, appId, ...registers }) => {
    const events = { "compose-hash": composeHash, "os-image-hash": osImageHash, "app-id": appId };
    return { registers: present(registers), events: present(events), notAfterMs: notAfter };
  },
);

/** Reads the section `tdx`. @throws JsonError */
export const readTdx: JsonReader<TdxPolicy> = jsonMap(
  jsonObject({ ...rulesKeys, images: list(tdxImage) }),
  ({ images, ...rules }) => ({ images, ...rulesOf(rules) }),
);

/** Returns the fields that are not `undefined`. */
export function present(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/**
 * Checks the rules for TDX guests and for their Intel platform. Returns the reasons for a refusal, or an
 * empty list.
 */
export function appraiseTdx(
  general: GeneralPolicy,
  section: TdxPolicy | undefined,
  guest: AuthenticTdx,
  atMs: number,
): readonly Reason[] {
  return [
    ...dcapRules(general, guest, atMs),
    ...inSection(section, "tdx", "tdx", (tdx) => tdxRules(tdx, guest)),
  ];
}

const noServiceTd = "00".repeat(48);

/** Checks the rules about a guest's configuration. Returns the reasons for a refusal, or an empty list. */
export function tdxRules(policy: TdxRules, facts: TdxFacts): readonly Reason[] {
  const { mrServiceTd = noServiceTd } = facts;
  return [
    ...bitReasons(tdAttributes, policy.attributes, facts.tdAttributes),
    ...bitReasons(tdFeatures, policy.xfam, facts.xfam),
    ...unless(
      mrServiceTd === noServiceTd || policy.allowServiceTd.includes(mrServiceTd),
      "service-td",
      () => `the policy does not name the service TD (${mrServiceTd}) that is bound to it`,
    ),
  ];
}

/**
 * Compares the software that a guest runs with the policy's images. Returns the reasons for a refusal, or an
 * empty list.
 * @param guest its registers and, if it has a dstack log, the events in it
 */
export function judgeTdx(policy: TdxPolicy, guest: Code, atMs: number): readonly Reason[] {
  const { mrtd } = guest;
  const attempts = policy.images
    .filter((image) => image.registers["mrtd"] === mrtd)
    .map((image) => [
      ...registers(image, guest),
      ...imageEvents.flatMap((name) => event(name, image.events[name], guest[name])),
      ...inDate(image, `the guest ${mrtd}`, atMs),
    ]);
  return anyOf(attempts, {
    rule: "measurement",
    said: `the policy names no guest with firmware (MRTD) ${mrtd}`,
  });
}

function registers(image: TdxImage, guest: Code): readonly Reason[] {
  const wrong = Object.entries(image.registers).filter(([name, want]) => guest[name] !== want);
  const said = wrong.map(([name, want]) => `${name.toUpperCase()} is ${guest[name]}, not ${want}`);
  return unless(wrong.length === 0, "measurement", () => said.join("; "));
}

/** The events that an image can require. */
export const imageEvents: readonly ImageEvent[] = ["compose-hash", "os-image-hash", "app-id"];

function event(name: ImageEvent, want: string | undefined, have: string | undefined): readonly Reason[] {
  return unless(want === undefined || have === want, name, () =>
    have === undefined
      ? `its evidence does not contain the ${name}, which only a dstack event log proves`
      : `its ${name} is ${have}, not ${want}`,
  );
}
