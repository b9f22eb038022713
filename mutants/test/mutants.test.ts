import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findMutants } from "../find.ts";
import { Jury, testFolder } from "../jury.ts";

const gate = join(import.meta.dirname, "sample/src/gate.ts");

describe("a mutant is killed if a test covers its rule", () => {
  it("and survives if no test does, whatever the result for the previous mutant was", {
    timeout: 300_000,
  }, async () => {
    const jury = new Jury(testFolder(gate));
    onTestFinished(() => jury.close());
    const verdicts: [string, boolean][] = [];
    for (const mutant of findMutants([gate])) {
      // Without its rule, `hasSpace` loops forever, so its tests never end.
      const mostMs = mutant.what.startsWith("hasSpace") ? 3000 : undefined;
      verdicts.push([mutant.what, await jury.kills(mutant, mostMs)]);
    }
    expect(verdicts).toEqual([
      ["pass: age < 18 → false", true],
      ["pass: age < 18 → age <= 18", true],
      ['pass: name === "" → false', false],
      ['oneWord: name.includes(" ") → false', true],
      ["open: hour === 24 → false", false],
      ["hasSpace: at === name.length → false", true],
    ]);
  });
});

const bodies: readonly [title: string, body: string, rules: readonly string[]][] = [
  ["each side of ||", "if (a || b) throw x;", ["a → false", "b → false"]],
  ["&& with || inside", "if (a && (b || c)) throw x;", ["b → false", "c → false"]],
  ["a negated &&", "if (!(a && b)) throw x;", ["a → true", "b → true"]],
  ["each branch of a ? :", "if (a ? b : c) throw x;", ["b → false", "c → false"]],
  ["a block that ends in a throw", "if (a) { say(); throw x; }", ["a → false"]],
  ["else", "if (a) say(); else throw x;", ["throw x; → ;"]],
  ["a throw after all other cases", "for (const i of [a, b]) if (i) say(); throw x;", ["throw x; → ;"]],
  ["a call that never returns", "if (a) fail();", ["a → false"]],
  ["a fallback that never returns", "say(n ?? fail());", ["n ?? fail() → n"]],
  ["one branch of a value", "say(a ? n : fail());", ["a ? n : fail() → n"]],
  ["a call that only throws", "assertA(a);", ["assertA(a); → ;"]],
  ["a boundary", "if (n! >= 3) throw x;", ["n! >= 3 → false", "n! >= 3 → n! > 3"]],
  ["a returned boolean", "if (c) return false; return a && b;", ["c → false", "a → true", "b → true"]],
  ["no statement that refuses nothing", "if (a) say(); try { say(); } catch (e) { throw e; }", []],
];

describe("rules are found in", () => {
  const declarations = `declare const x: unknown;
declare function say(n?: number): void;
function fail(): never { throw x; }
function assertA(a: boolean): void { if (a) throw x; }`;
  const functions = bodies.map(
    ([, body], i) => `function f${i}(a: boolean, b: boolean, c: boolean, n?: number) { ${body} }`,
  );
  const found = rulesOf([declarations, ...functions].join("\n"));

  it.each(bodies.map(([title, , rules], i) => [title, `f${i}: `, rules] as const))("%s", (_, name, rules) => {
    expect(found.filter((what) => what.startsWith(name))).toEqual(rules.map((rule) => name + rule));
  });
});

function rulesOf(code: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  try {
    writeFileSync(join(folder, "code.ts"), code);
    return findMutants([join(folder, "code.ts")]).map(({ what }) => what);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
