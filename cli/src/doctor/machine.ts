/** Facts about a machine's hardware, read from its files. This class writes nothing and sends nothing. */
import { accessSync, constants, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../error.ts";
import { readStart } from "../terminal/file.ts";

/** Reads files below a root: `/` on a real machine, a temporary folder in tests. */
export class Machine {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  kindOf(path: string): "folder" | "socket" | "file" | undefined {
    const found = attempt<Stats | undefined>(() => statSync(join(this.#root, path)), undefined);
    if (found === undefined) return undefined;
    if (found.isDirectory()) return "folder";
    return found.isSocket() ? "socket" : "file";
  }

  /** Whether this user may read and write the file. */
  isOpen(path: string): boolean {
    return attempt(() => {
      accessSync(join(this.#root, path), constants.R_OK | constants.W_OK);
      return true;
    }, false);
  }

  /** Returns the text of a file's first 64 KiB, trimmed; empty if the file cannot be read. */
  text(path: string): string {
    const start = attempt(() => readStart(join(this.#root, path), 64 * 1024), new Uint8Array());
    return Buffer.from(start).toString().trim();
  }

  names(path: string): readonly string[] {
    return attempt(() => readdirSync(join(this.#root, path)), []);
  }
}

/** Returns the result of a read, or `otherwise` if the file is missing or not readable. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CliError) && (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return otherwise;
  }
}
