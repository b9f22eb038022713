/** Reads files, each up to a limit, because a file may come from another party, or never end. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { badFile, CliError } from "../error.ts";
import { textOf } from "./text.ts";

/**
 * A file with data of a chain: a specification, a block, metadata or a proof.
 *
 * @limit bytes
 * @source large enough for the raw specification of any public chain
 * @past `cli/file-too-large`
 */
export const maxChainFileBytes: number = 256 * 1024 * 1024;

/**
 * A file with a policy, a checkpoint, evidence or a reply receipt.
 *
 * @limit bytes
 * @source the largest file that a worker stores
 * @past `cli/file-too-large`
 */
export const maxDocumentBytes: number = 16 * 1024 * 1024;

/**
 * A file for DataPlaza, or a result, in clear or sealed.
 *
 * @limit bytes
 * @source the largest file that a worker stores, with its padding and its seal
 * @past `cli/file-too-large`
 */
export const maxDataFileBytes: number = 17 * 1024 * 1024;

/**
 * A file with a secret, a token, an address or an anchor.
 *
 * @limit bytes
 * @source chosen: a private key in PEM is the longest
 * @past `cli/file-too-large`
 */
export const maxLineBytes: number = 16 * 1024;

/** Standard input, in place of the path of a file. */
export const standardInput = 0;

/**
 * Reads a file. A file that states a greater length than the limit is not read at all.
 * @throws {@link CliError} `cli/bad-file`, `cli/file-too-large`
 */
export function readBytes(path: string | typeof standardInput, maxBytes: number): Uint8Array {
  const content = withFile(path, (file) => {
    const stat = fstatSync(file);
    return stat.isFile() && stat.size > maxBytes ? undefined : startOf(file, maxBytes + 1);
  });
  if (content !== undefined && content.length <= maxBytes) return content;
  throw new CliError({ code: "cli/file-too-large", path: nameOf(path), maxBytes });
}

/** Reads a file's text, as {@link textOf} decodes it. @throws as {@link readBytes}; BytesError */
export function readText(path: string | typeof standardInput, maxBytes: number): string {
  return textOf(readBytes(path, maxBytes));
}

/** Reads at most the first `count` bytes of a file. @throws {@link CliError} `cli/bad-file` */
export function readStart(path: string, count: number): Uint8Array {
  return withFile(path, (file) => startOf(file, count));
}

/** A file that is read in pieces, whose lengths the caller bounds. */
export class FilePieces {
  /** The length of the file, in bytes. */
  readonly bytes: number;
  readonly #path: string;
  readonly #file: number;

  /** @throws {@link CliError} `cli/bad-file` */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, "r");
      this.bytes = fstatSync(this.#file).size;
    } catch (cause) {
      throw badFile(path, cause);
    }
  }

  /**
   * Reads the next bytes, or fewer if the file ends.
   * @throws {@link CliError} `cli/bad-file`
   */
  next(length: number): Uint8Array {
    try {
      return startOf(this.#file, length);
    } catch (cause) {
      throw badFile(this.#path, cause);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function withFile<T>(path: string | typeof standardInput, read: (file: number) => T): T {
  try {
    const file = path === standardInput ? standardInput : openSync(path, "r");
    try {
      return read(file);
    } finally {
      if (file !== standardInput) closeSync(file);
    }
  } catch (cause) {
    throw badFile(nameOf(path), cause);
  }
}

/** A device or a pipe does not state its length, so the file is read in chunks. */
function startOf(file: number, count: number): Uint8Array {
  const chunks: Buffer[] = [];
  let left = count;
  while (left > 0) {
    const chunk = Buffer.allocUnsafe(Math.min(left, 1024 * 1024));
    const size = readSync(file, chunk);
    if (size === 0) break;
    chunks.push(chunk.subarray(0, size));
    left -= size;
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function nameOf(path: string | typeof standardInput): string {
  return path === standardInput ? "standard input" : path;
}
