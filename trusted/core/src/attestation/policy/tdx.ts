/** Decides which TDX guests a policy accepts, and how they must be configured. */
import { fromHex } from "../../bytes/index.ts";
import { type JsonReader, jsonBool, jsonMap, jsonObject, jsonOptional, type Read } from "../../json/index.ts";
import { decodeAll } from "../../scale/index.ts";
import type { AuthenticTdx, TdxFacts } from "../evidence/tdx.ts";
import type { Entry, GeneralPolicy } from "./general.ts";
import { dcapRules } from "./intel.ts";
import { entry, hex, list } from "./readers.ts";
import { anyOf, inDate, type Reason, unless } from "./reason.ts";
import { inSection } from "./section.ts";

/** The required configuration of a TDX guest. */
export interface TdxRules {
  readonly requireSeptVeDisable: boolean;
  /** 48 bytes, hex: measurements of the service TDs that are accepted. */
  readonly allowServiceTd: readonly string[];
  /** The extended features that a guest may have. If absent, all are accepted. */
  readonly xfamMask: bigint | undefined;
}

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
  requireSeptVeDisable: jsonOptional(jsonBool),
  allowServiceTd: jsonOptional(list(hex(48))),
  xfamMask: jsonOptional(hex(8)),
};

const rulesShape = jsonObject(rulesKeys);

function rulesOf(read: Read<typeof rulesShape>): TdxRules {
  const { requireSeptVeDisable = true, allowServiceTd = [], xfamMask: mask } = read;
  const xfamMask = mask === undefined ? undefined : decodeAll(fromHex(mask), (r) => r.u64());
  return { requireSeptVeDisable, allowServiceTd, xfamMask };
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

function present(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
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
    ...inSection(section, "tdx", "tdx", (tdx) => [
      ...tdxRules(tdx, guest),
      ...tdxImages(tdx, guest, {}, atMs),
    ]),
  ];
}

interface Guest {
  readonly measurements: Readonly<Record<string, string>>;
}

const noServiceTd = "00".repeat(48);

/** Checks the rules about a guest's configuration. Returns the reasons for a refusal, or an empty list. */
export function tdxRules(policy: TdxRules, facts: TdxFacts): readonly Reason[] {
  const { requireSeptVeDisable, allowServiceTd, xfamMask } = policy;
  return [
    ...unless(
      facts.septVeDisable || !requireSeptVeDisable,
      "sept-ve-disable",
      () => "its host may remove pages and let the guest handle the fault (SEPT_VE_DISABLE is not set)",
    ),
    ...unless(
      facts.mrServiceTd === noServiceTd || allowServiceTd.includes(facts.mrServiceTd),
      "service-td",
      () => `the policy does not name the service TD (${facts.mrServiceTd}) that is bound to it`,
    ),
    ...unless(
      xfamMask === undefined || (facts.xfam & ~xfamMask) === 0n,
      "xfam",
      () => `it has extended features (XFAM 0x${facts.xfam.toString(16)}) that the policy does not allow`,
    ),
  ];
}

/**
 * Checks the software that a guest runs against the policy's images. Returns the reasons for a refusal, or an
 * empty list.
 * @param shown the events of a dstack log; empty for a guest without a log
 */
export function tdxImages(
  policy: TdxPolicy,
  { measurements }: Guest,
  shown: Readonly<Record<string, string>>,
  atMs: number,
): readonly Reason[] {
  const mrtd = measurements["mrtd"];
  const attempts = policy.images
    .filter((image) => image.registers["mrtd"] === mrtd)
    .map((image) => [
      ...registers(image, measurements),
      ...events.flatMap((name) => event(name, image.events[name], shown[name])),
      ...inDate(image, `the guest ${mrtd}`, atMs),
    ]);
  return anyOf(attempts, {
    rule: "measurement",
    said: `the policy names no guest with firmware (MRTD) ${mrtd}`,
  });
}

function registers(image: TdxImage, measurements: Readonly<Record<string, string>>): readonly Reason[] {
  const wrong = Object.entries(image.registers).filter(([name, want]) => measurements[name] !== want);
  const said = wrong.map(([name, want]) => `${name.toUpperCase()} is ${measurements[name]}, not ${want}`);
  return unless(wrong.length === 0, "measurement", () => said.join("; "));
}

const events: readonly ImageEvent[] = ["compose-hash", "os-image-hash", "app-id"];

function event(name: ImageEvent, want: string | undefined, have: string | undefined): readonly Reason[] {
  return unless(want === undefined || have === want, name, () =>
    have === undefined
      ? `its evidence does not contain the ${name}, which only a dstack event log proves`
      : `its ${name} is ${have}, not ${want}`,
  );
}
