/**
 * The text of a sealed reply: `{"Answer":…}`, or `{"Refused":{"code","message","retry_ms"?}}`. A refusal that
 * depends on a query's content is sealed like an answer, and padded to the length of a short answer, so that
 * the host cannot distinguish the two.
 */
import { type ErrorDetail, sentenceOf } from "../errors/index.ts";
import {
  canonicalJson,
  decodeJson,
  type Json,
  type JsonLimits,
  jsonAny,
  jsonObject,
  jsonOptional,
  jsonString,
  jsonU32,
  jsonVariant,
} from "../json/index.ts";
import { maxAnswerBytes } from "./answer.ts";

/** A contract's answer, or a refusal. */
export type QueryOutcome =
  | { readonly kind: "Answer"; readonly value: Json }
  | { readonly kind: "Refused"; readonly value: RefusedQuery };

/** A refusal: its code, and a sentence with its facts. */
export interface RefusedQuery {
  readonly code: string;
  readonly message: string;
  /** After how many milliseconds the query may be sent again. Absent if waiting does not help. */
  readonly retry_ms?: number | undefined;
}

const fields = jsonVariant({
  Answer: jsonAny,
  Refused: jsonObject({ code: jsonString(), message: jsonString(), retry_ms: jsonOptional(jsonU32) }),
});

/** Returns the text of an answer, given the JSON text that the contract returned. */
export function answerText(answer: string): string {
  return `{"Answer":${answer}}`;
}

/** Returns the text that reports an error to the asker. */
export function refusalText(detail: ErrorDetail & { readonly retryMs?: number }): string {
  const { code, retryMs } = detail;
  const retry = retryMs === undefined ? {} : { retry_ms: retryMs };
  return canonicalJson({ Refused: { code, message: sentenceOf(detail), ...retry } });
}

/**
 * The JSON of a sealed reply: an answer, or a refusal with a sentence.
 * @limit characters, levels
 * @source the limits of an answer, with room for the object around it
 * @past `json/too-long` or `json/too-deep`
 */
const outcomeLimits: JsonLimits = { maxLength: maxAnswerBytes + 1024, maxDepth: 65 };

/** Decodes the text of a sealed reply. @throws JsonError */
export function decodeQueryOutcome(text: string): QueryOutcome {
  return decodeJson(text, fields, outcomeLimits);
}
