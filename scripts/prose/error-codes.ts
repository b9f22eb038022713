/** Reads the codes of the `…ErrorDetail` unions in a source file, each with the comment directly above it. */
import ts from "typescript";

/** A member of an error union. Members that only name another union are not included. */
export interface ErrorMember {
  /** The codes that the member declares, usually one. `{ readonly code: "a/b" | "a/c" }` declares two. */
  readonly codes: readonly string[];
  /** The text of the member's doc comment on one line; empty if there is no comment. */
  readonly meaning: string;
  /** The line on which the member begins, counted from 1. */
  readonly line: number;
}

/** Returns the members of all error unions in `source`, in the order in which they are declared. */
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
