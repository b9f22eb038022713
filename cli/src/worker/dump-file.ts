/**
 * The file of a dump: `"pruntime dump 1\n" ‖ id(16) ‖ pages`, where a page is `length u32 LE ‖ sealed page`.
 * The worker has sealed each page together with the dump's id and the page's index, so the file needs no
 * check sums.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { equal, utf8 } from "@pruntime/core/bytes";
import { Reader, Writer } from "@pruntime/core/scale";
import { badFile, CliError } from "../error.ts";
import { FilePieces } from "../terminal/file.ts";

const magic = utf8("pruntime dump 1\n");

/**
 * The length of a dump's id.
 * @format
 */
const idBytes = 16;

/**
 * A sealed page in the file of a dump.
 * @limit bytes
 * @source chosen: a worker makes pages of 512 KiB
 * @past `cli/bad-file`
 */
const maxPageBytes = 1 << 20;

/** Writes the file of a dump. The file appears under its name when it is complete. */
export class DumpWriter {
  readonly #path: string;
  readonly #partial: string;
  readonly #file: number;

  /** @throws CliError `cli/bad-file` */
  constructor(path: string, id: Uint8Array) {
    this.#path = path;
    this.#partial = `${path}.partial`;
    this.#file = orBadFile(path, () => openSync(this.#partial, "w", 0o600));
    this.#write(magic);
    this.#write(id);
  }

  /** @throws CliError `cli/bad-file` */
  add(page: Uint8Array): void {
    this.#write(new Writer().u32(page.length).raw(page).finish());
  }

  /** Completes the file. @throws CliError `cli/bad-file` */
  finish(): void {
    orBadFile(this.#path, () => {
      fsyncSync(this.#file);
      closeSync(this.#file);
      renameSync(this.#partial, this.#path);
    });
  }

  /** Deletes what was written. */
  giveUp(): void {
    closeSync(this.#file);
    rmSync(this.#partial, { force: true });
  }

  #write(bytes: Uint8Array): void {
    orBadFile(this.#path, () => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    });
  }
}

/** What the file of a dump contains. */
export interface DumpFile {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** The length of the file, in bytes. */
  readonly bytes: number;
  /** The sealed pages, in order. Each is read when its turn comes. */
  readonly pages: Iterable<Uint8Array>;
}

/**
 * Opens the file of a dump.
 * @throws CliError `cli/bad-file` if the file is not a dump, or is cut short. The pages throw it, too.
 */
export function readDump(path: string): DumpFile {
  const file = new FilePieces(path);
  const take = (length: number): Uint8Array => {
    const bytes = file.next(length);
    if (bytes.length < length) throw notADump(path);
    return bytes;
  };
  if (!equal(file.next(magic.length), magic)) throw notADump(path);
  return { id: take(idBytes), bytes: file.bytes, pages: pagesOf() };

  function* pagesOf(): Generator<Uint8Array, void> {
    try {
      for (let at = magic.length + idBytes; at < file.bytes; ) {
        const length = new Reader(take(4)).u32();
        if (length > maxPageBytes) throw notADump(path);
        yield take(length);
        at += 4 + length;
      }
    } finally {
      file.close();
    }
  }
}

function notADump(path: string): CliError {
  return new CliError({ code: "cli/bad-file", path, reason: "not a dump, or cut short" });
}

/** @throws CliError `cli/bad-file` */
function orBadFile<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    throw badFile(path, cause);
  }
}
