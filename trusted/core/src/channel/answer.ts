import type { JsonLimits } from "../json/index.ts";

/**
 * The JSON text of a contract's answer, after escaping and without padding. The padded text of the longest
 * sealed reply has 66 KiB.
 * @limit bytes
 * @source chosen: short enough for a page, and for the reply to be read at once
 * @past the worker answers `query/answer-too-large`. A contract with a longer list answers with a page of
 * the list
 */
export const maxAnswerBytes: number = 64 * 1024;

/**
 * The JSON of an answer, as a client reads it.
 * @limit characters, levels
 * @source the limit of the worker's answer: no text has more characters than bytes
 * @past `json/too-long` or `json/too-deep`
 */
export const answerLimits: JsonLimits = { maxLength: maxAnswerBytes, maxDepth: 64 };
