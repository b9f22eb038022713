/**
 * What commands print: one JSON object on stdout with `--json`, words otherwise; notes always go to stderr.
 * Exit codes: 0 done, 1 refused or failed, 2 misused.
 */
import { ProtocolError } from "@pruntime/core/errors";
import { adviceFor, codeOf } from "./advice.ts";
import { jsonText } from "./json-text.ts";

/** Options every command has. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** A command's result. One with `ok: false` was refused in the end, and the exit code says so. */
export function printResult(options: OutputOptions, value: object, words: string, ok = true): void {
  if (!ok) process.exitCode = 1;
  process.stdout.write(options.json === true ? `${jsonText({ ok, ...value })}\n` : `${words}\n`);
}

/** Something a person wants to know while a command works. */
export function note(words: string): void {
  process.stderr.write(`${words}\n`);
}

/** Runs a command's action and turns what it throws into words and an exit code. */
export async function runAction(options: OutputOptions, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    process.exitCode = ["cli/bad-argument", "client/bad-account"].includes(error.code) ? 2 : 1;
    const message = adviceFor(error);
    if (options.json === true)
      process.stdout.write(`${jsonText({ ok: false, code: codeOf(error), message })}\n`);
    else process.stderr.write(`error: ${message} [${codeOf(error)}]\n`);
  }
}
