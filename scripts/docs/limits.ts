/**
 * Collects the product's limits for docs/limits.md from doc comments. A limit is a constant, or a property of
 * a constant, with three tags: `@limit` and the unit, `@source` and where the value comes from, and `@past`
 * and what happens beyond the limit. A constant whose name looks like a limit must have these tags. If it is
 * a size that a format fixes, it has the tag `@format` instead.
 */
import ts from "typescript";
import type { SourceText } from "./packages.ts";

/** A limit, as its declaration and doc comment describe it. */
export interface Limit {
  /** The constant's name, with the names of the properties that lead to the value. */
  readonly name: string;
  readonly file: string;
  /** The doc comment without its tags: what the limit bounds. */
  readonly bounds: string;
  /** The value with its unit, such as `64 KiB`. */
  readonly value: string;
  readonly source: string;
  readonly past: string;
}

/** The limits of some files, and the rules that their declarations break. */
export interface Limits {
  readonly limits: readonly Limit[];
  readonly problems: readonly string[];
}

type Valued = ts.VariableDeclaration | ts.PropertyAssignment | ts.BindingElement | ts.ParameterDeclaration;

/** Collects the limits of source files, in the order of the files and of the declarations. */
export function limitsOf(files: readonly SourceText[]): Limits {
  const sources = files.map(({ file, text }) =>
    ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true),
  );
  const values = new Values(sources);
  const limits: Limit[] = [];
  const problems: string[] = [];
  for (const source of sources) visit(source);
  return { limits, problems };

  function visit(node: ts.Node): void {
    if (isValued(node) && ts.isIdentifier(node.name)) {
      const { text: name } = node.name;
      const tags = tagsOf(node);
      if (tags.has("limit")) read(node, name, tags);
      else if (looksLikeLimit(name) && !isExempt(node, tags) && values.bounds(node.initializer))
        problems.push(
          `${placeOf(node)}: ${name} looks like a limit: it needs @limit, @source and @past, or @format`,
        );
    }
    ts.forEachChild(node, visit);
  }

  function read(node: Valued, name: string, tags: ReadonlyMap<string, string>): void {
    const [source = "", past = ""] = [tags.get("source"), tags.get("past")];
    const value = values.describe(node.initializer, tags.get("limit") ?? "");
    const bounds = commentOf(node);
    const lacks = Object.entries({ unit: tags.get("limit"), source, past, comment: bounds, value })
      .filter(([, text]) => (text ?? "") === "")
      .map(([what]) => what);
    if (lacks.length > 0) problems.push(`${placeOf(node)}: the limit ${name} lacks its ${lacks.join(", ")}`);
    limits.push({ name: pathOf(node), file: node.getSourceFile().fileName, bounds, value, source, past });
  }
}

/** Whether a name promises a limit. `least…` names the shortest form of a format. */
function looksLikeLimit(name: string): boolean {
  if (name.startsWith("least")) return false;
  return /^(max|most|longest|largest|deepest)[A-Z]|(Limits?|Bytes|PerUnit|[tT]imeoutMs|Lifetime)$/.test(name);
}

/**
 * Whether a constant needs no tags of its own: it is the size of a format, a part of a limit that has tags, a
 * bound in an action's row, for which the page has a table, or a depth beside a length.
 */
function isExempt(node: Valued, tags: ReadonlyMap<string, string>): boolean {
  if (tags.has("format")) return true;
  if (ts.isPropertyAssignment(node) && node.name.getText() === "maxDepth") return true;
  if (hasLimitsInside(node)) return true;
  return ownersOf(node).some(
    (owner) =>
      (isValued(owner) && (tagsOf(owner).has("limit") || tagsOf(owner).has("format"))) ||
      (ts.isCallExpression(owner) && owner.expression.getText() === "action"),
  );
}

function hasLimitsInside({ initializer }: Valued): boolean {
  if (initializer === undefined || !ts.isObjectLiteralExpression(initializer)) return false;
  return initializer.properties.some((property) => tagsOf(property).has("limit"));
}

/** Computes the numbers that constants are declared with. */
class Values {
  readonly #own = new Map<ts.SourceFile, Map<string, ts.Expression>>();
  readonly #exported = new Map<string, ts.Expression>();

  constructor(sources: readonly ts.SourceFile[]) {
    for (const source of sources) {
      const own = new Map<string, ts.Expression>();
      for (const statement of source.statements.filter(ts.isVariableStatement)) {
        const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
        for (const { name, initializer } of statement.declarationList.declarations) {
          if (!ts.isIdentifier(name) || initializer === undefined) continue;
          own.set(name.text, initializer);
          if (isExported === true) this.#exported.set(name.text, initializer);
        }
      }
      this.#own.set(source, own);
    }
  }

  /** Whether an expression is a number above 2, or an object of numbers, and not just a constant's name. */
  bounds(node: ts.Expression | undefined): boolean {
    if (node === undefined || ts.isIdentifier(node)) return false;
    return this.#numbersOf(node)?.some((number) => number > 2) === true;
  }

  /** Returns an expression's value with units: one unit for a number, one for each property of an object. */
  describe(node: ts.Expression | undefined, units: string): string {
    const numbers = node === undefined ? undefined : this.#numbersOf(node);
    const each = units.split(/,\s*/);
    if (numbers === undefined || (each.length !== 1 && each.length !== numbers.length)) return "";
    return numbers.map((number, i) => amount(number, each[i] ?? units)).join(", ");
  }

  #numbersOf(node: ts.Expression): number[] | undefined {
    if (!ts.isObjectLiteralExpression(node)) {
      const number = this.#numberOf(node);
      return number === undefined ? undefined : [number];
    }
    const numbers = node.properties.map((property) =>
      ts.isPropertyAssignment(property) ? this.#numberOf(property.initializer) : undefined,
    );
    return numbers.every((number) => number !== undefined) ? numbers : undefined;
  }

  #numberOf(node: ts.Expression): number | undefined {
    if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node))
      return Number(node.getText().replace(/_|n$/g, ""));
    if (ts.isParenthesizedExpression(node)) return this.#numberOf(node.expression);
    if (ts.isIdentifier(node)) {
      const named = this.#own.get(node.getSourceFile())?.get(node.text) ?? this.#exported.get(node.text);
      return named === undefined ? undefined : this.#numberOf(named);
    }
    if (!ts.isBinaryExpression(node)) return undefined;
    const [left, right] = [this.#numberOf(node.left), this.#numberOf(node.right)];
    if (left === undefined || right === undefined) return undefined;
    return operators[node.operatorToken.getText()]?.(left, right);
  }
}

const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "**": (left, right) => left ** right,
  "<<": (left, right) => left * 2 ** right,
};

/** Writes a number in the largest unit in which it is whole: `64 KiB`, `30 s`, `4,096 nonces`. */
export function amount(number: number, unit: string): string {
  const scale = scales[unit] ?? [];
  const [size, name] = scale.find(([size]) => number >= size && number % size === 0) ?? [1, unit];
  return `${(number / size).toLocaleString("en-US")} ${name}`;
}

const scales: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  bytes: [
    [2 ** 30, "GiB"],
    [2 ** 20, "MiB"],
    [2 ** 10, "KiB"],
  ],
  ms: [
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ],
  s: [
    [3_600, "h"],
    [60, "min"],
  ],
};

function isValued(node: ts.Node): node is Valued {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node)
  );
}

function tagsOf(node: ts.Node): Map<string, string> {
  const tags = ts.getJSDocTags(node).filter((tag) => !ts.isJSDocParameterTag(tag));
  return new Map(tags.map(({ tagName, comment }) => [tagName.text, oneLine(comment)]));
}

/** Returns the text of the doc comment directly above a declaration, without tags. */
function commentOf(node: ts.Node): string {
  return oneLine(ts.getJSDocCommentsAndTags(node).findLast(ts.isJSDoc)?.comment);
}

function oneLine(comment: Parameters<typeof ts.getTextOfJSDocComment>[0]): string {
  return (ts.getTextOfJSDocComment(comment) ?? "").replace(/\s+/g, " ").trim();
}

function ownersOf(node: ts.Node): ts.Node[] {
  return node.parent === undefined ? [] : [node.parent, ...ownersOf(node.parent)];
}

function pathOf(node: Valued): string {
  const names = ownersOf(node).flatMap((owner) => (isValued(owner) ? [owner.name.getText()] : []));
  return [...names.reverse(), node.name.getText()].join(".");
}

function placeOf(node: ts.Node): string {
  const source = node.getSourceFile();
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
