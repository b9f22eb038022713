import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printed, vector } from "./command.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/offline-verification.md"), "utf8");
const lines = (/```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "").trimEnd().split("\n");

/**
 * The page's examples: each command, and the line below it with the output. An ellipsis in that line stands
 * for output that the page leaves out.
 */
const examples = lines.flatMap((line, i) =>
  line.startsWith("pruntime ") ? [[line, lines[i + 1]?.slice(2) ?? ""] as const] : [],
);

describe("docs/offline-verification.md", () => {
  it("has an example of each command", () => {
    const commands = examples.map(([line]) => line.split(" ").slice(1, 3).join(" "));
    const verify = ["finality", "warp", "storage", "genesis", "block", "receipt"].map(
      (name) => `verify ${name}`,
    );
    const decode = ["metadata", "events", "header", "extrinsics"].map((name) => `decode ${name}`);
    expect([...new Set(commands)].sort()).toEqual([...verify, ...decode].sort());
  });

  it.each(examples)("%s", async (line, answer) => {
    const args = line.replaceAll("vectors/verify", vector("")).split(" ").slice(1);
    const { exit, text } = await printed(args);
    const [shown = "", rest] = answer.split("…");
    expect(rest === undefined ? text : text.slice(0, shown.length)).toBe(
      rest === undefined ? `${shown}\n` : shown,
    );
    expect(exit).toBe(text.startsWith('{"ok":true,') ? 0 : 1);
  });
});
