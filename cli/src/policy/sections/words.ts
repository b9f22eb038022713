/** The texts that the command prints about a section of a policy, and the section's template. */
import type { GeneralPolicy } from "@pruntime/core/attestation";
import type { JsonObject } from "@pruntime/core/json";
import type { Finding } from "../finding.ts";

/** The words for sections of type `S`. */
export interface SectionWords<S> {
  /** The evidence that the section is about, in the plural, to follow "all". */
  readonly about: string;
  /** One line for each reference value: what is accepted, and on which conditions. */
  readonly accepts: (section: S) => readonly string[];
  /** The reference values that can accept something; each may expire. */
  readonly entries: (section: S) => readonly Expiring[];
  /**
   * Who says how patched the platform is: Intel by collateral or by EPID reports; `undefined` for AMD and
   * simulation.
   */
  readonly platform: (section: S) => "collateral" | "epid" | undefined;
  /** Mistakes and weaknesses of the section. */
  readonly lint: (section: S, general: GeneralPolicy) => readonly Finding[];
  /** The section's text, with everything that was left out. */
  readonly json: (section: S) => JsonObject;
}

/** Something that may have an end, in Unix milliseconds. */
export interface Expiring {
  readonly notAfterMs: number | undefined;
}

/** The end of an entry in words; empty for an entry without one. */
export function until({ notAfterMs }: Expiring): string {
  return notAfterMs === undefined ? "" : `, until ${new Date(notAfterMs).toISOString()}`;
}

/** An entry's end as JSON. */
export function dated({ notAfterMs }: Expiring): JsonObject {
  return given("notAfter", notAfterMs === undefined ? undefined : new Date(notAfterMs).toISOString());
}

/** One key, or none for a value that is absent. */
export function given(name: string, value: JsonObject | number | string | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}
