/** Runs offline commands in this process, and writes files for them. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { vi } from "vitest";
import { registerDecode } from "../../src/commands/decode.ts";
import { registerVerify } from "../../src/commands/verify.ts";

export interface Output {
  readonly exit: number;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows which answer it expects
  readonly json: any;
}

/** Runs one command, and returns its answer, which must be exactly one line of JSON. */
export async function pruntime(...args: readonly string[]): Promise<Output> {
  const { exit, text } = await printed(args);
  return { exit, json: JSON.parse(text) };
}

/**
 * Runs one command, and returns what it prints, unchanged. @throws CommanderError if the command is
 * malformed
 */
export async function printed(
  args: readonly string[],
): Promise<{ readonly exit: number; readonly text: string }> {
  const program = new Command("pruntime").exitOverride().configureOutput({ writeErr: () => undefined });
  registerVerify(program);
  registerDecode(program);
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await program.parseAsync(args, { from: "user" });
    const exit = Number(process.exitCode);
    if (lines.length !== 1 || !lines[0]?.endsWith("}\n"))
      throw new Error(`not one object: ${lines.join("")}`);
    return { exit, text: lines[0] };
  } finally {
    write.mockRestore();
    process.exitCode = before;
  }
}

const folder = mkdtempSync(join(tmpdir(), "pruntime-offline-"));
let count = 0;

/**
 * Writes a file with this content, and returns its path. Values other than text and bytes are written as
 * JSON.
 */
export function file(extension: string, content: unknown): string {
  const path = join(folder, `${count++}${extension}`);
  const isRaw = typeof content === "string" || content instanceof Uint8Array;
  writeFileSync(path, isRaw ? (content as string) : JSON.stringify(content));
  return path;
}

/** Returns the path of one of the repository's vectors. */
export function vector(name: string): string {
  return join(import.meta.dirname, "../../../vectors/verify", name);
}
