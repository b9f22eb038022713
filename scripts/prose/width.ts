/**
 * The rule `width`: lines of sources, comments included, have at most 110 columns; lines of documents at
 * most 120.
 */
import type { Offence } from "./offence.ts";

const sourceColumns = 110;
const documentColumns = 120;

/**
 * Finds the lines of `text` that are too wide. Tables and code blocks of documents may be wider, and URLs
 * are not counted.
 */
export function findWideLines(file: string, text: string): Offence[] {
  const document = file.endsWith(".md");
  const limit = document ? documentColumns : sourceColumns;
  let inCode = false;
  return text.split("\n").flatMap((line, index) => {
    if (document && line.trimStart().startsWith("```")) inCode = !inCode;
    if (document && (inCode || line.trimStart().startsWith("|"))) return [];
    const columns = [...line.replace(/https?:\/\/[^\s)>"'`]+/g, "")].length;
    if (columns <= limit) return [];
    return [{ file, line: index + 1, rule: "width", message: `${columns} columns, ${limit} are allowed` }];
  });
}
