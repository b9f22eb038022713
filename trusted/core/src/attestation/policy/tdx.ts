/** Which TDX guest runs there, and how it was made. */
import type { TdxFacts } from "../authentic.ts";
import type { ImageEvent, TdxImage, TdxPolicy, TdxRules } from "./policy.ts";
import { anyOf, inDate, type Reason, unless } from "./reason.ts";

interface Guest {
  readonly measurements: Readonly<Record<string, string>>;
}

const noServiceTd = "00".repeat(48);

export function tdxRules(policy: TdxRules, facts: TdxFacts): readonly Reason[] {
  const { requireSeptVeDisable, allowServiceTd, xfamMask } = policy;
  return [
    ...unless(
      facts.septVeDisable || !requireSeptVeDisable,
      "sept-ve-disable",
      () => "its host may take pages away and have the guest handle the fault (SEPT_VE_DISABLE is not set)",
    ),
    ...unless(
      facts.mrServiceTd === noServiceTd || allowServiceTd.includes(facts.mrServiceTd),
      "service-td",
      () => `a service TD is bound to it (${facts.mrServiceTd}) that the policy does not name`,
    ),
    ...unless(
      xfamMask === undefined || (facts.xfam & ~xfamMask) === 0n,
      "xfam",
      () => `it has extended features (XFAM 0x${facts.xfam.toString(16)}) beyond those the policy allows`,
    ),
  ];
}

/** @param shown what a dstack log vouches for; nothing for other guests */
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
      ? `it does not show its ${name}, which only a dstack event log can`
      : `its ${name} is ${have}, not ${want}`,
  );
}
