/**
 * Fields of evidence in which each bit is a setting, such as the attributes of a TD. A policy names the bits
 * that must be set and the bits that may be set. Every other bit is refused, including bits without a name.
 */
import { type JsonReader, jsonEnum, jsonMap, jsonObject, jsonOptional } from "../../json/index.ts";
import { list } from "./readers.ts";
import { type Reason, type Rule, unless } from "./reason.ts";

/** The bits of a field that a policy requires and allows, by name. A required bit is also allowed. */
export interface BitRule {
  readonly require: readonly string[];
  readonly allow: readonly string[];
}

/** A field of evidence. `require` and `allow` are the lists for a policy that does not mention the field. */
export interface BitField extends BitRule {
  /** The rule that fails if a bit is refused or missing. */
  readonly rule: Rule;
  /** The field in words, as the start of a sentence about evidence: "its TD's attributes". */
  readonly what: string;
  /** The position of each bit, by the name that the hardware's maker uses. */
  readonly bits: Readonly<Record<string, number>>;
  /** The mask of the bits that mean nothing here, or that another rule judges. */
  readonly ignored: bigint;
}

/** Reads the object for a field in a policy. A missing list has its default. @throws JsonError */
export function bitRule(field: BitField): JsonReader<BitRule> {
  const names = jsonOptional(list(jsonEnum(Object.keys(field.bits))));
  return jsonMap(
    jsonObject({ require: names, allow: names }),
    ({ require = field.require, allow = field.allow }) => ({ require, allow }),
  );
}

/** Returns the rule for a field that a policy does not mention. */
export function strictest({ require, allow }: BitField): BitRule {
  return { require, allow };
}

/** Checks the bits of a field. Returns the reason for a refusal, or an empty list. */
export function bitReasons(field: BitField, rule: BitRule, value: bigint): readonly Reason[] {
  const required = maskOf(field, rule.require);
  const missing = required & ~value;
  const refused = value & ~(required | maskOf(field, rule.allow) | field.ignored);
  const said = [
    ...(refused === 0n ? [] : [`have ${namesIn(field, refused)}, which the policy does not allow`]),
    ...(missing === 0n ? [] : [`lack ${namesIn(field, missing)}, which the policy requires`]),
  ];
  return unless(said.length === 0, field.rule, () => `${field.what} ${said.join(", and ")}`);
}

function maskOf({ bits }: BitField, names: readonly string[]): bigint {
  return names.reduce((mask, name) => mask | (1n << BigInt(bits[name] as number)), 0n);
}

function namesIn({ bits }: BitField, mask: bigint): string {
  const named = new Map(Object.entries(bits).map(([name, bit]) => [bit, name]));
  const set = Array.from({ length: 64 }, (_, bit) => bit).filter(
    (bit) => ((mask >> BigInt(bit)) & 1n) === 1n,
  );
  return set.map((bit) => named.get(bit) ?? `the unknown bit ${bit}`).join(", ");
}
