/**
 * The JSON text of a contract's answer, after escaping.
 * @limit bytes
 * @source chosen: short enough for a page, and for the reply to be read at once
 * @past the worker answers `query/answer-too-large`. A contract with a longer list answers with a page of
 * the list
 */
export const maxAnswerBytes: number = 64 * 1024;
