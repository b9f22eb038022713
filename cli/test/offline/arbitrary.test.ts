import { readFileSync } from "node:fs";
import { from0x } from "@pruntime/core/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { file, pruntime, vector } from "./command.ts";

const root = `0x${"00".repeat(32)}`;
const authorities = vector("authorities.json");
const justification = vector("justification.hex");

/**
 * The commands under test. Each has the name of one input file, the vector with a valid file, and the
 * arguments with which the command reads the file at `path`.
 */
const commands: readonly (readonly [
  name: string,
  vector: string,
  args: (path: string) => readonly string[],
])[] = [
  [
    "authorities",
    "authorities.json",
    (path) => [
      "verify",
      "finality",
      "--authorities",
      path,
      "--set-id",
      "0",
      "--justification",
      justification,
    ],
  ],
  [
    "justification",
    "justification.hex",
    (path) => ["verify", "finality", "--authorities", authorities, "--set-id", "0", "--justification", path],
  ],
  [
    "warp proof",
    "warp-proof.hex",
    (path) => ["verify", "warp", "--authorities", authorities, "--set-id", "0", "--proof", path],
  ],
  [
    "read proof",
    "proof.json",
    (path) => ["verify", "storage", "--root", root, "--key", "0x00", "--proof", path],
  ],
  ["specification", "chain-spec.json", (path) => ["verify", "genesis", "--spec", path]],
  ["block", "block.json", (path) => ["verify", "block", "--block", path]],
  ["metadata", "metadata.hex", (path) => ["decode", "metadata", "--metadata", path]],
  [
    "events",
    "events.hex",
    (path) => ["decode", "events", "--metadata", vector("metadata.hex"), "--events", path],
  ],
  [
    "block with remarks",
    "block.json",
    (path) => {
      const rest = ["--metadata", vector("metadata.hex"), "--events", vector("events.hex")];
      return ["decode", "remarks", "--block", path, ...rest];
    },
  ],
  ["header", "header.json", (path) => ["decode", "header", "--header", path]],
  ["extrinsics", "extrinsics.json", (path) => ["decode", "extrinsics", "--extrinsics", path]],
];

const text = (name: string) => readFileSync(vector(name), "utf8");

describe("for any content of a file, the answer is one object with a code", () => {
  const expectAnswer = async (args: readonly string[]) => {
    const { exit, json } = await pruntime(...args);
    expect(exit).toBe(json.ok === true ? 0 : 1);
    if (json.ok === false)
      expect(json.code).toMatch(
        /^(bytes|json|codec|finality|headers|warp|trie|spec|block|metadata|extrinsic|storage)\//,
      );
  };

  it.each(commands)("%s: arbitrary bytes", async (_, __, args) => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(".json", ".hex", ".b64", ""), bytes, (extension, content) =>
        expectAnswer(args(file(extension, content))),
      ),
      { numRuns: 40 },
    );
  });

  it.each(commands)("%s: arbitrary JSON", async (_, __, args) => {
    const value = fc.json({ maxDepth: 4 });
    await fc.assert(
      fc.asyncProperty(value, (content) => expectAnswer(args(file(".json", content)))),
      { numRuns: 40 },
    );
  });

  it.each(commands)("%s: a vector with one character changed, or cut short", async (_, name, args) => {
    const good = text(name);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.constantFrom("0", "f", '"', "[", "}", ""),
        async (at, character) => {
          const changed = good.slice(0, at) + character + good.slice(at + 1);
          for (const content of [changed, good.slice(0, at)])
            await expectAnswer(args(file(name.slice(name.indexOf(".")), content)));
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each(commands.filter(([, name]) => name.endsWith(".hex")))(
    "%s: a bit flipped",
    async (_, name, args) => {
      const good = from0x(text(name).trim());
      await fc.assert(
        fc.asyncProperty(fc.nat(8 * good.length - 1), (bit) =>
          expectAnswer(args(file("", good.with(bit >> 3, (good[bit >> 3] as number) ^ (1 << (bit & 7)))))),
        ),
        { numRuns: 40 },
      );
    },
  );
});
