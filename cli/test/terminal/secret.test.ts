import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, type Option } from "commander";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { groups } from "../../src/commands/groups.ts";
import { runAction } from "../../src/terminal/output.ts";
import { accountSecret } from "../../src/terminal/secret.ts";
import { run } from "../offline/process.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-secret-"));
const phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
const path = join(folder, "phrase");
writeFileSync(path, `${phrase}\n`);
const read = accountSecret("--from");

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** All commands, including those that contain other commands. */
async function commandsOf(): Promise<readonly Command[]> {
  const program = new Command("pruntime");
  for (const [, load] of groups) (await load())(program);
  const below = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(below)];
  return below(program);
}

describe("accountSecret", () => {
  it.each(["//Alice", "//Alice//stash", "//Alice/soft"])(
    "takes the path of a development account: %s",
    (uri) => expect(read(uri)).toBe(uri),
  );

  it("reads a phrase or a seed from a file", () => expect(read(`file:${path}`)).toBe(phrase));

  it("reads a phrase or a seed from the environment", () => {
    vi.stubEnv("SECRET_OF_THIS_TEST", phrase);
    expect(read("env:SECRET_OF_THIS_TEST")).toBe(phrase);
  });

  it("cli/file-too-large: a file that is too long for a secret", () =>
    expect(() => read("file:/dev/zero")).toThrow(expect.objectContaining({ code: "cli/file-too-large" })));

  it.each([
    ["a phrase", phrase],
    ["a phrase with a path", `${phrase}//path`],
    ["a seed", `0x${"ab".repeat(32)}`],
    ["a seed without 0x", "ab".repeat(32)],
    ["a development path with a password", "//Alice///password"],
    ["a variable that is not set", "env:NOT_SET_IN_THIS_TEST"],
    ["nothing", ""],
  ])("cli/bad-argument, without repeating the argument: %s", (_, argument) => {
    try {
      read(argument);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ detail: { code: "cli/bad-argument", name: "--from" } });
      if (argument !== "") expect(JSON.stringify(error)).not.toContain(argument);
    }
  });

  it("reads standard input, and no other text may be given there", { timeout: 60_000 }, async () => {
    const args = ["push", "77", "Nothing", "--from", "-", "--worker", "http://127.0.0.1:9"];
    expect((await run([...args, "--trust-whoever-answers", "--json"], phrase)).stdout).toContain(
      "client/unreachable",
    );
    expect((await run(args, "x".repeat(20_000))).stderr).toContain("cli/file-too-large");
  });
});

describe("the command line", () => {
  const accounts: readonly string[] = [
    "--from <account>",
    "--as <account>",
    "--signer <account>",
    "--register <account>",
  ];
  const options = async (): Promise<readonly Option[]> =>
    (await commandsOf()).flatMap((command) => [...command.options]);

  it("has no option that takes a secret: tokens and keys come from files", async () => {
    const named = (await options()).filter(({ long }) =>
      /token|key|secret|seed|phrase|password/.test(long ?? ""),
    );
    const taking = named.map(({ flags }) => flags).filter((flags) => !/<(file|pem)>$/.test(flags));
    // A seed of a development chain's genesis is public.
    const harmless = ["--genesis-seed <text>", "--key <hex>", "--old-authorities-key"];
    expect([...new Set(taking)].toSorted()).toEqual(harmless);
  });

  it("refuses a phrase in every option that names an account", async () => {
    const taking = (await options()).filter(({ flags }) => flags.includes("<account>"));
    expect([...new Set(taking.map(({ flags }) => flags))].toSorted()).toEqual(accounts.toSorted());
    for (const { parseArg } of taking)
      expect(() => parseArg?.(phrase, undefined as never)).toThrow(
        expect.objectContaining({ code: "cli/bad-argument" }),
      );
  });

  it("does not print the phrase of a refused command", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const program = new Command("pruntime").exitOverride();
    for (const [, load] of groups) (await load())(program);
    await runAction({}, async () => {
      await program.parseAsync(["push", "balances", "TotalIssuance", "--from", phrase], { from: "user" });
    });
    expect(write.mock.calls.join("")).toMatch(/^error: --from must be/);
    expect(write.mock.calls.join("")).not.toContain("bottom drive");
  });

  it("reads files only through the function with a limit", () => {
    const source = join(import.meta.dirname, "../../src");
    const reading = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
      (name) =>
        name.endsWith(".ts") &&
        /readFile|readSync|createReadStream|openAsBlob/.test(readFileSync(join(source, name), "utf8")),
    );
    expect(reading).toEqual(["terminal/file.ts"]);
  });
});
