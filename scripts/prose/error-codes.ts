/** Reads the codes of a source file's `…ErrorDetail` unions, each with the comment directly above it. */
import ts from "typescript";

/** A member of an error union that is written out. */
export interface ErrorMember {
  /** The codes it declares, usually one. `{ readonly code: "a/b" | "a/c" }` declares two. */
  readonly codes: readonly string[];
  /** The text of its doc comment on one line, or empty without one. */
  readonly meaning: string;
  /** The line it begins on, counted from 1. */
  readonly line: number;
}

/** The members of all error unions in `source`, in the order they are declared. */
export function errorMembersOf(source: ts.SourceFile): ErrorMember[] {
  return source.statements
    .filter((node) => ts.isTypeAliasDeclaration(node))
    .filter((node) => node.name.text.endsWith("ErrorDetail"))
    .flatMap(({ type, name }) => {
      const members = ts.isUnionTypeNode(type) ? [...type.types] : [type];
      return members.filter(ts.isTypeLiteralNode).flatMap((member) => {
        const before = members[members.indexOf(member) - 1]?.end ?? name.end;
        const above = source.text.slice(before, member.getStart(source));
        const [, comment = ""] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/[\s|]*$/.exec(above) ?? [];
        const { line } = source.getLineAndCharacterOfPosition(member.getStart(source));
        const meaning = comment
          .replace(/^\s*\*/gm, " ")
          .replace(/\s+/g, " ")
          .trim();
        return [{ codes: codesOf(member), meaning, line: line + 1 }];
      });
    })
    .filter(({ codes }) => codes.length > 0);
}

function codesOf({ members }: ts.TypeLiteralNode): string[] {
  const code = members.find((member) => member.name?.getText() === "code");
  return [...(code?.getText() ?? "").matchAll(/"([^"]+)"/g)].flatMap(([, text]) => text ?? []);
}
