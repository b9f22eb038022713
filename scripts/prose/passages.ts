/**
 * Finds the prose of a file, which is everything that a reader or a user sees as sentences. In TypeScript,
 * these are comments, strings and templates that contain white space, and the text of JSX. In a document, it
 * is everything except code. In any other file, it is the lines that begin with `#`.
 */
import ts from "typescript";

/**
 * A stretch of prose. Comment marks are replaced by spaces and code by a placeholder of the same length, so
 * that offset `i` in `text` is offset `start + i` in the file.
 */
export interface Passage {
  /** The offset in the file. */
  readonly start: number;
  readonly text: string;
}

/**
 * The character that replaces code inside prose. It is neither a letter nor white space, so no phrase
 * extends across it.
 */
const code = "\u0001";

/** Returns the passages of a file, in no particular order. */
export function passagesOf(file: string, text: string): Passage[] {
  if (/\.tsx?$/.test(file)) return passagesOfSource(file, text);
  if (file.endsWith(".md")) return [{ start: 0, text: blankMarkdown(text) }];
  return [...text.matchAll(/^\s*#(.*)$/gm)].map((match) => ({ start: match.index, text: match[0] }));
}

function passagesOfSource(file: string, text: string): Passage[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const comments = new Map<number, ts.CommentRange>();
  const passages: Passage[] = [];
  const literal = (node: ts.Node, start = node.getStart(source)): void => {
    const own = text.slice(start, node.end);
    if (/\S\s+\S/.test(own)) passages.push({ start, text: blankInline(own) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    for (const range of [
      ...(ts.getLeadingCommentRanges(text, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ])
      if (!ts.isJsxText(node)) comments.set(range.pos, range);
    if (ts.isJsxText(node)) literal(node, node.pos);
    else if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) literal(node);
    else if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) literal(node);
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...passages, ...joinComments(text, [...comments.values()])];
}

/** Joins consecutive `//` lines into one passage, because a phrase may continue on the next line. */
function joinComments(text: string, ranges: readonly ts.CommentRange[]): Passage[] {
  const passages: { start: number; end: number }[] = [];
  for (const { pos, end } of [...ranges].sort((a, b) => a.pos - b.pos)) {
    const last = passages.at(-1);
    if (last !== undefined && text.startsWith("//", pos) && text.slice(last.end, pos).trim() === "")
      last.end = end;
    else passages.push({ start: pos, end });
  }
  return passages.map(({ start, end }) => ({ start, text: blankInline(blankMarks(text.slice(start, end))) }));
}

/** Blanks the marks of a comment: `/**`, `//`, and the star in front of each line. */
function blankMarks(comment: string): string {
  return comment.replace(/\/\*\*?|\*\/|^[ \t]*\*(?!\/)|\/\//gm, (mark) => " ".repeat(mark.length));
}

/** Hides inline code, links to symbols, and URLs. */
function blankInline(text: string): string {
  return text.replace(/\\?`[^`]*`|\{@link [^}]*\}|https?:\/\/\S+/g, hide);
}

/** Hides fenced blocks, inline code, comments and the targets of links. */
function blankMarkdown(text: string): string {
  return blankInline(text.replace(/^[ \t]*```[\s\S]*?^[ \t]*```|<!--[\s\S]*?-->|\]\([^)\s]*\)/gm, hide));
}

function hide(span: string): string {
  return span.replace(/[^\n]/g, code);
}
