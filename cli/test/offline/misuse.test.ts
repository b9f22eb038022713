import { describe, expect, it } from "vitest";
import { printed, vector } from "./command.ts";
import { run } from "./process.ts";

const block = ["verify", "block", "--block", vector("block.json")];

describe("offline commands", () => {
  it.each([
    ["an unknown flag", [...block, "--nonsense"], "commander.unknownOption"],
    ["a missing flag", ["verify", "storage", "--key", "0x00"], "commander.missingMandatoryOptionValue"],
    ["a flag without its value", ["verify", "block", "--block"], "commander.optionMissingArgument"],
    ["an unknown command", ["verify", "nonsense"], "commander.unknownCommand"],
    ["no command", ["decode"], "commander.help"],
    ["one argument too many", [...block, "more"], "commander.excessArguments"],
  ])("refuse %s", async (_, args, code) => {
    await expect(printed(args)).rejects.toMatchObject({ code, exitCode: 1 });
  });

  it("ignore --json", async () => {
    expect(await printed([...block, "--json"])).toEqual(await printed(block));
  });
});

describe("a process of the offline commands", { timeout: 120_000 }, () => {
  it("exits with 0, 1 or 2, and explains in JSON or in words, never with a stack", async () => {
    const [good, refused, missing, misused, help] = await Promise.all([
      run(block),
      run(["verify", "block", "--block", vector("header.json")]),
      run(["verify", "block", "--block", "/nowhere/block.json"]),
      run([...block, "--nonsense"]),
      run(["verify", "finality", "--help"]),
    ]);
    expect(good).toEqual({ exit: 0, stdout: expect.stringMatching(/^\{"ok":true,.*\}\n$/), stderr: "" });
    expect(refused).toEqual({
      exit: 1,
      stdout: expect.stringMatching(/^\{"ok":false,"code":"json\/missing-key",.*\}\n$/),
      stderr: "",
    });
    expect(missing).toEqual({
      exit: 2,
      stdout: expect.stringMatching(/^\{"ok":false,"code":"cli\/bad-file",.*\}\n$/),
      stderr: "",
    });
    expect(misused).toEqual({
      exit: 2,
      stdout: "",
      stderr: expect.stringMatching(/^error: unknown option '--nonsense'\n/),
    });
    expect(misused.stderr).not.toMatch(/\n\s+at /);
    expect(help.exit).toBe(0);
    for (const words of ["Example:", "exit 1", "2^53"]) expect(help.stdout).toContain(words);
  });
});
