/**
 * How `pruntime policy` explains, lints and prints a section of a policy: the interface that every section
 * implements, and functions that print expiry times and optional fields.
 */
import type { BitRule, GeneralPolicy } from "@pruntime/core/attestation";
import type { JsonObject } from "@pruntime/core/json";
import type { Finding } from "../finding.ts";

/** How `pruntime policy` explains, lints and prints sections of type `S`. */
export interface SectionWords<S> {
  /** The evidence that the section covers, in the plural, as the end of a sentence after "all". */
  readonly about: string;
  /** One line for each reference value: the accepted evidence, and the conditions for it. */
  readonly accepts: (section: S) => readonly string[];
  /** The reference values against which evidence can be accepted, with their expiry times. */
  readonly entries: (section: S) => readonly Expiring[];
  /**
   * The source of the platform's TCB status: Intel's collateral or EPID reports; `undefined` for AMD and
   * simulation.
   */
  readonly platform: (section: S) => "collateral" | "epid" | undefined;
  /** Mistakes and weaknesses of the section. */
  readonly lint: (section: S, general: GeneralPolicy) => readonly Finding[];
  /** The section as JSON, with the defaults of all missing fields. */
  readonly json: (section: S) => JsonObject;
}

/**
 * A value that may expire. `notAfterMs` is in Unix milliseconds; `undefined` if the value does not expire.
 */
export interface Expiring {
  readonly notAfterMs: number | undefined;
}

/** The expiry of an entry in words; empty if it does not expire. */
export function until({ notAfterMs }: Expiring): string {
  return notAfterMs === undefined ? "" : `, until ${new Date(notAfterMs).toISOString()}`;
}

/** An entry's expiry as JSON. */
export function dated({ notAfterMs }: Expiring): JsonObject {
  return given("notAfter", notAfterMs === undefined ? undefined : new Date(notAfterMs).toISOString());
}

/** The bits of a field that must be set and those that may be set, in words. `what` names the field. */
export function bitsLine(what: string, { require, allow }: BitRule): string {
  const others = allow.filter((name) => !require.includes(name));
  const said = [
    ...(require.length === 0 ? [] : [`must have ${require.join(", ")}`]),
    ...(others.length === 0 ? ["may have nothing else"] : [`may have ${others.join(", ")}`]),
  ];
  return `${what} ${said.join(" and ")}`;
}

/** The bits of a field as JSON. */
export function bitsJson({ require, allow }: BitRule): JsonObject {
  return { require, allow };
}

/** Returns whether a rule accepts evidence in which a bit is set. */
export function acceptsBit({ require, allow }: BitRule, name: string): boolean {
  return require.includes(name) || allow.includes(name);
}

/** A JSON object with one key, or without keys if the value is absent. */
export function given(name: string, value: JsonObject | number | string | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}
