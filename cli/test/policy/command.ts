/** Runs policy commands in this process, and writes files for them. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { vi } from "vitest";
import { registerPolicy } from "../../src/commands/policy.ts";

export interface Printed {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs one command, and returns what it prints and its exit code. @throws CommanderError if the command is
 * malformed
 */
export async function printed(...args: readonly string[]): Promise<Printed> {
  const program = new Command("pruntime").exitOverride().configureOutput({ writeErr: () => undefined });
  registerPolicy(program);
  const said = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    }),
  );
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await program.parseAsync(["policy", ...args], { from: "user" });
    return { exit: Number(process.exitCode), out: said.stdout, err: said.stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = before;
  }
}

/** Runs one command, and returns the one JSON object that it prints. */
export async function answer(
  ...args: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: each test knows which answer it expects
): Promise<{ readonly exit: number; readonly json: any }> {
  const { exit, out } = await printed(...args, "--json");
  return { exit, json: JSON.parse(out) };
}

const folder = mkdtempSync(join(tmpdir(), "pruntime-policy-"));
let count = 0;

/** Writes a file with this content, and returns its path. A value other than text is written as JSON. */
export function file(content: unknown): string {
  const path = join(folder, `${count++}.json`);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** Returns a path at which no file exists yet. */
export function newPath(): string {
  return join(folder, `${count++}.out`);
}

export const example: string = join(import.meta.dirname, "../../../vectors/policy/example.json");
