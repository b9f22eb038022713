/**
 * Output of commands: with `--json`, one JSON object on stdout; otherwise words. Notes always go to stderr.
 * Exit codes: 0 for success, 1 if refused or failed, 2 for misuse.
 */
import { ProtocolError } from "@pruntime/core/errors";
import { shownError } from "./advice.ts";
import { jsonText } from "./json-text.ts";
import { type Lines, noteLines, printLines } from "./print.ts";

/** Options that every command has. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** Prints a command's result. A result with `ok: false` is a refusal, and sets the exit code to 1. */
export function printResult(options: OutputOptions, value: object, words: Lines, ok = true): void {
  if (!ok) process.exitCode = 1;
  printLines(options.json === true ? jsonText({ ok, ...value }) : words);
}

/** Prints a note for the user while a command runs. */
export function note(words: string): void {
  noteLines(words);
}

/**
 * Runs a command's action. If the action throws a ProtocolError, prints the error and sets the exit code. Any
 * other error is thrown again.
 */
export async function runAction(options: OutputOptions, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    process.exitCode = ["cli/bad-argument", "client/bad-account"].includes(error.code) ? 2 : 1;
    const { code, lines } = shownError(error);
    const [message, ...reasons] = lines;
    if (options.json === true) printLines(jsonText({ ok: false, code, message: lines.join("\n") }));
    else noteLines([`error: ${message} [${code}]`, ...reasons]);
  }
}
