/** The section `tdx` (TDX guests), and the rules that it shares with the section `azure`. */
import type { TdxImage, TdxPolicy, TdxRules } from "@pruntime/core/attestation";
import type { JsonObject } from "@pruntime/core/json";
import { error, type Finding, warning } from "../finding.ts";
import { acceptsBit, bitsJson, bitsLine, dated, given, type SectionWords, until } from "./words.ts";

/** How `pruntime policy` explains, lints and prints the section `tdx`. */
export const tdxWords: SectionWords<TdxPolicy> = {
  about: "TDX guests",
  accepts: (tdx) => tdx.images.map((image) => `${imageLine(image)}; ${rulesLine(tdx)}`),
  entries: ({ images }) => images,
  platform: () => "collateral",
  lint: (tdx) => [...lintImages(tdx.images), ...lintTdxRules("tdx", tdx)],
  json: ({ images, ...rules }) => ({ images: images.map(imageJson), ...tdxRulesJson(rules) }),
};

function imageLine({ registers, events, ...entry }: TdxImage): string {
  const wanted = [
    ...Object.entries(registers).map(([name, value]) => `${name.toUpperCase()} ${value}`),
    ...Object.entries(events).map(([name, value]) => `${name} ${value} in its dstack event log`),
  ];
  return `a TDX guest with ${wanted.join(", ")}${until(entry)}`;
}

/** Describes in words the requirements for a guest's configuration. */
export function rulesLine({ attributes, xfam, allowServiceTd }: TdxRules): string {
  return [
    bitsLine("attributes", attributes),
    bitsLine("extended features", xfam),
    allowServiceTd.length === 0 ? "no service TD" : `no service TD but ${allowServiceTd.join(", ")}`,
  ].join("; ");
}

function lintImages(images: readonly TdxImage[]): readonly Finding[] {
  const lacks = (...names: readonly string[]) =>
    images.some(({ registers }) => names.some((name) => registers[name] === undefined));
  const logged = images.filter(({ events }) => Object.keys(events).length > 0);
  return [
    ...error(
      logged.some(({ registers }) => registers["rtmr1"] === undefined || registers["rtmr2"] === undefined),
      "log-without-kernel",
      "an image names dstack events, but not RTMR1 and RTMR2: any kernel may log any events",
    ),
    ...warning(
      lacks("rtmr0"),
      "no-rtmr0",
      "an image does not name RTMR0: its host may choose the virtual hardware, ACPI tables included",
    ),
    ...warning(
      lacks("rtmr1", "rtmr2"),
      "no-kernel",
      "an image does not name RTMR1 and RTMR2: any kernel and command line are accepted on that firmware",
    ),
    ...warning(
      images.some(
        ({ registers, events }) => registers["rtmr3"] === undefined && events["compose-hash"] === undefined,
      ),
      "no-application",
      "an image names neither RTMR3 nor composeHash: the software that is started at run time is not checked",
    ),
  ];
}

/** Finds weaknesses in the rules of a section. `where` names that section. */
export function lintTdxRules(where: string, rules: TdxRules): readonly Finding[] {
  return [
    ...warning(
      !rules.attributes.require.includes("SEPT_VE_DISABLE"),
      "sept-ve",
      `${where}: guests without SEPT_VE_DISABLE are accepted (all guests of Azure lack it)`,
    ),
    ...warning(
      acceptsBit(rules.attributes, "MIGRATABLE"),
      "migratable",
      `${where}: guests with MIGRATABLE are accepted: a migration TD can copy their memory and keys, ` +
        "and a quote of version 4 does not name that TD",
    ),
    ...warning(
      rules.allowServiceTd.length > 0,
      "service-td",
      `${where}: guests with a service TD are accepted: it can change them`,
    ),
  ];
}

function imageJson({ registers, events, notAfterMs }: TdxImage): JsonObject {
  return {
    ...registers,
    ...given("composeHash", events["compose-hash"]),
    ...given("osImageHash", events["os-image-hash"]),
    ...given("appId", events["app-id"]),
    ...dated({ notAfterMs }),
  };
}

/** Writes attributes, extended features and service TDs as in a policy's text. */
export function tdxRulesJson({ attributes, xfam, allowServiceTd }: TdxRules): JsonObject {
  return { attributes: bitsJson(attributes), xfam: bitsJson(xfam), allowServiceTd };
}
