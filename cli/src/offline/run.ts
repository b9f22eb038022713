/**
 * Output of the offline commands: one JSON object on stdout. Exit codes: 0 for success, 1 if refused, 2 for
 * unusable arguments.
 */
import { ProtocolError } from "@pruntime/core/errors";
import { printLines } from "../terminal/print.ts";
import { outputText } from "./output-json.ts";

const unusable: readonly string[] = ["cli/bad-argument", "cli/bad-file", "cli/file-too-large"];

/** Runs one command and prints its result or the code of the refusal. */
export async function runOffline(action: () => object | Promise<object>): Promise<void> {
  try {
    print({ ok: true, ...(await action()) });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    process.exitCode = unusable.includes(error.code) ? 2 : 1;
    print({ ok: false, ...error.detail });
  }
}

function print(value: object): void {
  printLines(outputText(value));
}
