/**
 * The rule `documented`: every exported symbol, and every member of an `…ErrorDetail` union, must have a doc
 * comment that says more than its name.
 */
import ts from "typescript";
import { errorMembersOf } from "./error-codes.ts";
import type { Offence } from "./offence.ts";

/**
 * Finds the exported symbols and error codes of a source file that have no comment, or a comment that only
 * repeats their name.
 */
export function findUndocumented(file: string, text: string): Offence[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const symbols = exportedSymbols(source);
  const offences = [...symbols].flatMap(([name, nodes]) => {
    const comments = nodes.map((node) => commentOf(node)).filter((comment) => comment !== "");
    const [first] = nodes;
    if (first === undefined || comments.some((comment) => !repeatsName(name, comment))) return [];
    const problem = comments.length === 0 ? "has no doc comment" : "has a doc comment that repeats its name";
    return [offence(source, first, `${name} ${problem}`)];
  });
  return [...offences, ...undocumentedCodes(source)];
}

/** Whether a comment says no more than the name: apart from filler words, all its words occur in the name. */
export function repeatsName(name: string, comment: string): boolean {
  const known = new Set(wordsOf(name).map(stem));
  return wordsOf(comment).every((word) => filler.has(word) || known.has(stem(word)));
}

/**
 * Returns the exported declarations by name. Declarations of the same name, such as overloads, need only one
 * comment in total.
 */
function exportedSymbols(source: ts.SourceFile): Map<string, ts.Node[]> {
  const declared = new Map<string, ts.Node[]>();
  const exported = new Set<string>();
  const add = (name: string, node: ts.Node, isExported: boolean): void => {
    declared.set(name, [...(declared.get(name) ?? []), node]);
    if (isExported) exported.add(name);
  };
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations)
        for (const bound of namesBound(name)) add(bound, statement, isExport(statement));
    else if (isNamedDeclaration(statement))
      add(statement.name?.text ?? "default", statement, isExport(statement));
    else if (ts.isExportAssignment(statement)) add("default", statement, true);
    else if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined)
      for (const name of localNames(statement)) exported.add(name);
  }
  return new Map([...declared].filter(([name]) => exported.has(name)));
}

type NamedDeclaration =
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration;

function isNamedDeclaration(node: ts.Node): node is NamedDeclaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  );
}

function isExport(node: ts.HasModifiers): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function namesBound(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesBound(element.name) : []));
}

/** Returns the names that the symbols in `export { a, b as c }` have inside their file: `a` and `b`. */
function localNames({ exportClause }: ts.ExportDeclaration): string[] {
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
  return exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

/** Returns the text of the doc comment directly above a declaration, without tags. */
function commentOf(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).findLast(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(comment?.comment) ?? "").trim();
}

/** Finds the codes of error unions that lack a sentence of their own. */
function undocumentedCodes(source: ts.SourceFile): Offence[] {
  return errorMembersOf(source).flatMap(({ codes, meaning, line }) => {
    const [code = ""] = codes;
    if (!repeatsName(code, meaning)) return [];
    const problem = meaning === "" ? "has no doc comment" : "has a doc comment that repeats its name";
    return [{ file: source.fileName, line, rule: "documented" as const, message: `${code} ${problem}` }];
  });
}

const filler = new Set(
  (
    "a an the of to for in on at by with from as into is are be this that these it its their and or " +
    "one each any all some get gets return returns type interface class function constant value values"
  ).split(" "),
);

function wordsOf(text: string): string[] {
  return text
    .replace(/\{@link (\w+)\}/g, "$1")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

function stem(word: string): string {
  return word.replace(/(?<=\w{3})(?:ings?|ed|es|e?rs?|s|e)$/, "");
}

function offence(source: ts.SourceFile, node: ts.Node, message: string): Offence {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return { file: source.fileName, line: line + 1, rule: "documented", message };
}
