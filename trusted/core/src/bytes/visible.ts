/**
 * Control characters (C0, DEL, C1), line and paragraph separators, and the characters that change the
 * direction of the text around them.
 */
const invisible = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Makes a line of text from another party safe to show on a terminal or a page: writes each control character
 * and each control of the writing direction as `\u` and four hex digits. In JSON on one line, these
 * characters occur only in strings, so the result is JSON of the same value.
 */
export function visibleText(line: string): string {
  return line.replace(invisible, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
