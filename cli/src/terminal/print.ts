/**
 * The only module that writes to the terminal. It escapes what could control the terminal, because the lines
 * contain text of chains, workers, nodes and files.
 */
import { inspect } from "node:util";
import { visibleText } from "@pruntime/core/bytes";

/** One line, or several. A line break inside a line is escaped, so text of others cannot begin a line. */
export type Lines = string | readonly string[];

/** Prints lines on standard output. */
export function printLines(lines: Lines): void {
  process.stdout.write(escaped(lines));
}

/** Prints lines on standard error. */
export function noteLines(lines: Lines): void {
  process.stderr.write(escaped(lines));
}

function escaped(lines: Lines): string {
  return [lines]
    .flat()
    .map((line) => `${visibleText(line)}\n`)
    .join("");
}

/** Clears the terminal and moves to its top, if standard output is a terminal. */
export function clearTerminal(): void {
  if (process.stdout.isTTY) process.stdout.write("\u001b[2J\u001b[H");
}

/** Prints the bytes of a file: unchanged to a file or a pipe, and as escaped text on a terminal. */
export function printBytes(bytes: Uint8Array): void {
  if (process.stdout.isTTY)
    printLines(
      Buffer.from(bytes)
        .toString()
        .replace(/\r?\n$/, "")
        .split(/\r?\n/),
    );
  else process.stdout.write(bytes);
}

/** Prints text that consists of whole lines on standard output, such as the help of a command. */
export function printText(text: string): void {
  printLines(linesOf(text));
}

/** Standard error for parts that write whole lines, such as the log of a worker. */
export const standardError = { write: (text: string): void => noteLines(linesOf(text)) };

/** Whether a person reads standard error. */
export function errorsOnTerminal(): boolean {
  return process.stderr.isTTY;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}

/** Prints an error that is a bug, with its stack, and ends the process. */
export function endByBug(error: unknown): void {
  noteLines(linesOf(inspect(error)));
  process.exit(1);
}
