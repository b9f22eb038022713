/**
 * The lineage of a worker's keys: the other code that has held them, as far as the worker knows. Code that
 * held the keys once may have given them to anyone, whatever code holds them now, so a policy judges every
 * entry (policy/lineage.ts). In a handover, each of the two workers adds an entry for the code of the other
 * one. A worker whose keys another program has sealed adds an entry for that program. Evidence is bound to
 * the lineage of the key agreement key that it vouches for (binding.ts).
 */
import { fromUtf8, toHex, utf8 } from "../bytes/index.ts";
import { ProtocolError } from "../errors/index.ts";
import {
  canonicalJson,
  decodeJson,
  JsonError,
  type JsonLimits,
  type JsonObject,
  type JsonReader,
  jsonArray,
  jsonEnum,
  jsonHex,
  jsonMap,
  jsonObject,
  jsonU32,
} from "../json/index.ts";
import { type Code, jsonCode } from "./code.ts";
import { type Authentic, codeOf, type EvidenceKind, evidenceKinds } from "./kinds.ts";

/**
 * What shows which code held the keys: evidence of a kind, or the sealed keys themselves. A program that
 * opens sealed keys knows the program that sealed them only by the hash of its bundle, `measurement`.
 */
export type HolderKind = EvidenceKind | "sealed";

/** The names of all kinds of holders. */
export const holderKinds: readonly HolderKind[] = [...evidenceKinds, "sealed"];

/** Code that has held the keys. */
export interface Holder {
  readonly kind: HolderKind;
  readonly code: Code;
  /** The block of the handover in which this code gave or got the keys, or the last mark of this program. */
  readonly block: { readonly number: number; readonly hash: Uint8Array };
}

/** The other code that has held a worker's keys, in the order in which the worker learned of it. */
export type Lineage = readonly Holder[];

/**
 * The other code that may have held a worker's keys. Each code counts once.
 * @limit entries
 * @source chosen: years of updates
 * @past `lineage/full`, or `json/out-of-range` for a longer list
 */
export const maxLineage = 64;

/**
 * The text of a lineage in a sealed record or in the registry.
 * @limit characters, levels
 * @source room for 64 entries with the most and longest facts
 * @past `json/too-long` or `json/too-deep`
 */
const lineageLimits: JsonLimits = { maxLength: 512 * 1024, maxDepth: 8 };

/** Reads a list of at most {@link maxLineage} entries, each for different code. */
export const jsonLineage: JsonReader<Lineage> = jsonMap(
  jsonArray(
    jsonObject({
      block: jsonObject({ hash: jsonHex(32), number: jsonU32 }),
      code: jsonCode,
      kind: jsonEnum(holderKinds),
    }),
    maxLineage,
  ),
  (lineage: Lineage, at) => {
    if (new Set(lineage.map(nameOf)).size < lineage.length)
      throw new JsonError({ code: "json/out-of-range", at, want: "each code once" });
    return lineage;
  },
);

/** What tells code from other code, as text. */
function nameOf({ kind, code }: Holder): string {
  return canonicalJson({ kind, code });
}

/** Returns the JSON that {@link jsonLineage} reads. */
export function lineageJson(lineage: Lineage): readonly JsonObject[] {
  return lineage.map(({ block: { hash, number }, code, kind }) => ({
    block: { hash: toHex(hash), number },
    code,
    kind,
  }));
}

/** The canonical JSON of a lineage, in UTF-8. */
export function encodeLineage(lineage: Lineage): Uint8Array {
  return utf8(canonicalJson(lineageJson(lineage)));
}

/** Reads what {@link encodeLineage} wrote. @throws JsonError, BytesError */
export function decodeLineage(bytes: Uint8Array): Lineage {
  return decodeJson(fromUtf8(bytes), jsonLineage, lineageLimits);
}

/** Why a lineage cannot grow. */
export type LineageErrorDetail =
  /**
   * As many different programs as a lineage may name have held the keys. They cannot go to one more: start
   * workers with new keys.
   */
  { readonly code: "lineage/full"; readonly limit: number };

/** Thrown for a lineage that is full. */
export class LineageError extends ProtocolError<LineageErrorDetail> {}

/**
 * Returns the lineage after one more holder. If the same code is named already, its entry moves to the
 * end. Genuine evidence can contain facts that no lineage may contain, such as an empty event of dstack.
 * @throws {@link LineageError} `lineage/full`; JsonError `json/out-of-range` for such facts
 */
export function lineageWith(lineage: Lineage, holder: Holder): Lineage {
  const others = lineage.filter((one) => nameOf(one) !== nameOf(holder));
  if (others.length >= maxLineage) throw new LineageError({ code: "lineage/full", limit: maxLineage });
  return jsonLineage(lineageJson([...others, holder]), "lineage");
}

/** The entry for code that has proven itself by evidence. */
export function holderOf(authentic: Authentic, block: Holder["block"]): Holder {
  return { kind: authentic.kind, code: codeOf(authentic), block };
}
