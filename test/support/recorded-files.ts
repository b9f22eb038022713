/**
 * Reads recorded data, for benchmarks and for `fixtures.ts`. Tests must not import this file, because it
 * would let them read data while they are collected.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Reads the recorded files. A name is relative to the folder of recorded data. */
export class Files {
  readonly #folder: string;
  readonly #parsed = new Map<string, unknown>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns the path of a file, for programs that read the file themselves. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Returns the content of a file, unpacked if the name ends in `.gz`. */
  bytes(name: string): Uint8Array {
    const bytes = readFileSync(this.path(name));
    return Uint8Array.from(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  }

  text(name: string): string {
    return Buffer.from(this.bytes(name)).toString("utf8");
  }

  /** Returns the bytes that a file contains as base64. */
  base64(name: string): Uint8Array {
    return Uint8Array.from(Buffer.from(this.text(name).trim(), "base64"));
  }

  /** Returns the value of a JSON file. All tests of one test file share it, so no test may change it. */
  // biome-ignore lint/suspicious/noExplicitAny: recorded JSON has no declared shape
  json(name: string): any {
    const value = this.#parsed.get(name) ?? JSON.parse(this.text(name));
    this.#parsed.set(name, value);
    return value;
  }
}

const folder = process.env["PRUNTIME_FIXTURES"] ?? join(import.meta.dirname, "../../../shared/fixtures");

/** The recorded files; `undefined` if they are absent. */
export const recordedFiles: Files | undefined = existsSync(join(folder, "README.md"))
  ? new Files(folder)
  : undefined;
