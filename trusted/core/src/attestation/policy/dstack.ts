/**
 * Decides which dstack guests a policy accepts. A dstack guest is a TDX guest with an event log. The images
 * of a policy can require events in that log.
 */
import type { Code } from "../code.ts";
import type { AuthenticDstack } from "../evidence/dstack.ts";
import type { GeneralPolicy } from "./general.ts";
import { dcapRules } from "./intel.ts";
import type { Reason } from "./reason.ts";
import { inSection } from "./section.ts";
import { imageEvents, present, type TdxPolicy, tdxRules } from "./tdx.ts";

/**
 * Checks the rules for dstack guests and for their Intel platform. Returns the reasons for a refusal, or an
 * empty list.
 */
export function appraiseDstack(
  general: GeneralPolicy,
  section: TdxPolicy | undefined,
  guest: AuthenticDstack,
  atMs: number,
): readonly Reason[] {
  return [
    ...dcapRules(general, guest, atMs),
    ...inSection(section, "dstack", "tdx", (tdx) => tdxRules(tdx, guest)),
  ];
}

/** The facts by which a policy recognizes a guest: its registers, and events that an image can require. */
export function dstackCode({ measurements, events }: AuthenticDstack): Code {
  return { ...measurements, ...present(Object.fromEntries(imageEvents.map((name) => [name, events[name]]))) };
}
