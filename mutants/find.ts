/** Finds the rules in source files and, for each rule, the edit that removes it. */
import ts from "typescript";

/**
 * The removal of one rule: in the file at `path`, `replacement` takes the place of the text from `start` to
 * `end`.
 */
export interface Mutant {
  readonly path: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /**
   * `function: guard → replacement`, on one line. Reports show this text, and `excused` uses it as the key.
   */
  readonly what: string;
}

/** Returns a mutant for each rule of the files, in the order of the files and their lines. */
export function findMutants(paths: readonly string[]): Mutant[] {
  const program = ts.createProgram(paths, {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
  });
  const rules = new Rules(program.getTypeChecker());
  return paths.flatMap((path) => {
    const source = program.getSourceFile(path);
    return source === undefined ? [] : rules.of(source);
  });
}

/** Recognizes rules. docs/mutants.md has a table of them. */
class Rules {
  readonly #checker: ts.TypeChecker;
  readonly #throwing = new Map<ts.Node, boolean>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  of(source: ts.SourceFile): Mutant[] {
    const found = new Map<string, Mutant>();
    const take = (node: ts.Node, replacement: string) => {
      const [start, end] = [node.getStart(source), node.getEnd()];
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      const what = `${nameAround(node)}: ${short(source.text.slice(start, end))} → ${short(replacement)}`;
      found.set(`${start} ${end} ${replacement}`, {
        path: source.fileName,
        line,
        start,
        end,
        replacement,
        what,
      });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isStatement(node) && this.#refuses(node)) takeRefusal(node, take);
      else if (ts.isExpressionStatement(node) && this.#onlyAsserts(node.expression)) take(node, ";");
      else if (ts.isReturnStatement(node) && node.expression !== undefined && this.#saysYesOrNo(node))
        takeConditions(node.expression, take);
      else if (ts.isBinaryExpression(node) && this.#isNever(node.right))
        take(node, node.left.getText(source));
      else if (ts.isConditionalExpression(node)) {
        if (this.#isNever(node.whenTrue)) take(node, node.whenFalse.getText(source));
        if (this.#isNever(node.whenFalse)) take(node, node.whenTrue.getText(source));
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return [...found.values()].sort((a, b) => a.start - b.start);
  }

  #refuses(node: ts.Statement): boolean {
    if (ts.isThrowStatement(node)) return !isRethrow(node) && !this.#neverReturns(node);
    if (ts.isExpressionStatement(node)) return this.#isNever(node.expression);
    if (!ts.isReturnStatement(node) || guardOf(node) === undefined) return false;
    const { expression } = node;
    return (
      expression?.kind === ts.SyntaxKind.FalseKeyword ||
      (expression !== undefined && expression.getText() === "undefined")
    );
  }

  #isNever(node: ts.Expression): boolean {
    return (
      ts.isCallExpression(node) && (this.#checker.getTypeAtLocation(node).flags & ts.TypeFlags.Never) !== 0
    );
  }

  /**
   * Whether the node is in a function that never returns, such as a `fail()` that several rules call.
   * Removing its `throw` would remove all of these rules at once.
   */
  #neverReturns(node: ts.Node): boolean {
    const type = this.#returnType(node);
    return type !== undefined && (type.flags & ts.TypeFlags.Never) !== 0;
  }

  #saysYesOrNo(node: ts.Node): boolean {
    const type = this.#returnType(node);
    return type !== undefined && (type.flags & ts.TypeFlags.BooleanLike) !== 0;
  }

  #returnType(node: ts.Node): ts.Type | undefined {
    const around = ts.findAncestor(node, ts.isFunctionLike);
    const signature = around && this.#checker.getSignatureFromDeclaration(around as ts.SignatureDeclaration);
    return signature && this.#checker.getReturnTypeOfSignature(signature);
  }

  #onlyAsserts(node: ts.Expression): boolean {
    if (!ts.isCallExpression(node)) return false;
    const isVoid = (this.#checker.getTypeAtLocation(node).flags & ts.TypeFlags.Void) !== 0;
    return (isVoid || ts.isIdentifier(node.expression)) && this.#mayThrow(node);
  }

  /** Whether the called function, or a function that it calls, contains a `throw`. */
  #mayThrow(call: ts.CallExpression): boolean {
    const declaration = this.#checker.getResolvedSignature(call)?.declaration;
    const body = declaration && "body" in declaration ? (declaration.body as ts.Node | undefined) : undefined;
    if (body === undefined || declaration === undefined) return false;
    const known = this.#throwing.get(declaration);
    if (known !== undefined) return known;
    this.#throwing.set(declaration, false); // assumed until the search ends: recursion adds no `throw`
    const looks = (node: ts.Node): boolean =>
      ts.isThrowStatement(node) ||
      (ts.isCallExpression(node) && this.#mayThrow(node)) ||
      (ts.forEachChild(node, looks) ?? false);
    const throwing = looks(body);
    this.#throwing.set(declaration, throwing);
    return throwing;
  }
}

type Take = (node: ts.Node, replacement: string) => void;

function takeRefusal(node: ts.Statement, take: Take): void {
  const condition = guardOf(node);
  if (condition === undefined) take(node, ";");
  else {
    takeReasons(condition, "false", take);
    moveBoundaries(condition, take);
  }
}

/**
 * Calls `take` for each condition in a returned boolean, such as each side of an `&&`. A returned `true` or
 * `false` is not a condition.
 */
function takeConditions(node: ts.Expression, take: Take): void {
  if (node.kind !== ts.SyntaxKind.TrueKeyword && node.kind !== ts.SyntaxKind.FalseKeyword)
    takeReasons(node, "true", take);
}

/**
 * Calls `take` for each separate reason to refuse in `node`. If `off` is `false`, each side of an `||` is a
 * reason. If `off` is `true`, each side of an `&&` is a reason. Inside `!(…)`, `off` has the opposite value.
 * Both branches of a `? :` are always reasons.
 * @param off the value of `node` that never leads to a refusal
 */
function takeReasons(node: ts.Expression, off: "true" | "false", take: Take): void {
  const inner = reasons(node, off);
  if (inner.length === 0) take(node, off);
  for (const [part, partOff] of inner) takeReasons(part, partOff, take);
}

type Reason = readonly [ts.Expression, "true" | "false"];

function reasons(node: ts.Expression, off: "true" | "false"): readonly Reason[] {
  if (ts.isParenthesizedExpression(node)) return [[node.expression, off]];
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].map((part) => [part, off]);
  if (ts.isPrefixUnaryExpression(node) && ts.isParenthesizedExpression(node.operand))
    return [[node.operand.expression, off === "false" ? "true" : "false"]];
  if (!ts.isBinaryExpression(node)) return [];
  const either = off === "false" ? ts.SyntaxKind.BarBarToken : ts.SyntaxKind.AmpersandAmpersandToken;
  const both = off === "false" ? ts.SyntaxKind.AmpersandAmpersandToken : ts.SyntaxKind.BarBarToken;
  const sides = [node.left, node.right].map((part): Reason => [part, off]);
  if (node.operatorToken.kind === either) return sides;
  return node.operatorToken.kind === both ? sides.filter(([part]) => reasons(part, off).length > 0) : [];
}

const moved: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
]);

function moveBoundaries(node: ts.Node, take: Take): void {
  if (ts.isBinaryExpression(node)) {
    const other = moved.get(node.operatorToken.kind);
    if (other !== undefined) take(node, `${node.left.getText()} ${other} ${node.right.getText()}`);
  }
  ts.forEachChild(node, (child) => moveBoundaries(child, take));
}

/** Returns the condition of the `if` whose `then` branch is this statement or ends with it. */
function guardOf(node: ts.Statement): ts.Expression | undefined {
  const { parent } = node;
  const branch = ts.isBlock(parent) && parent.statements.at(-1) === node ? parent : node;
  return ts.isIfStatement(branch.parent) && branch.parent.thenStatement === branch
    ? branch.parent.expression
    : undefined;
}

/** Whether a `throw` rethrows the error that the `catch` clause around it caught. */
function isRethrow(node: ts.ThrowStatement): boolean {
  const clause = ts.findAncestor(node, ts.isCatchClause);
  return clause?.variableDeclaration?.name.getText() === node.expression.getText();
}

function nameAround(node: ts.Node): string {
  const named = ts.findAncestor(
    node,
    (at) => (ts.isFunctionLike(at) && at.name !== undefined) || ts.isConstructorDeclaration(at),
  );
  return (
    (named as ts.FunctionLikeDeclaration | undefined)?.name?.getText() ??
    (named === undefined ? "module" : "constructor")
  );
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
