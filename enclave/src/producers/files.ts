/**
 * Accesses attestation interfaces that consist of files. Every file is read or written as a whole, with
 * bounds and coded errors.
 */
import { closeSync, mkdirSync, openSync, readSync, rmdirSync, writeSync } from "node:fs";
import type { Provider } from "@pruntime/api";
import { QuoteError } from "./error.ts";

/** The part of the file system that producers use. Each call may throw what `node:fs` throws. */
export interface FileSystem {
  /** Reads at most `maxBytes` from the start of a file. */
  readonly read: (path: string, maxBytes: number) => Uint8Array;
  /** Writes bytes and returns how many of them were written. */
  readonly write: (path: string, bytes: Uint8Array) => number;
  readonly makeFolder: (path: string) => void;
  readonly removeFolder: (path: string) => void;
}

/**
 * The real file system. The kernel does not report the length of its attribute files, so `read` continues
 * until the file ends or `maxBytes` are read.
 */
export const fileSystem: FileSystem = {
  read: (path, maxBytes) =>
    withFile(path, "r", (file) => {
      const bytes = new Uint8Array(maxBytes);
      let length = 0;
      for (let more = -1; more !== 0 && length < maxBytes; length += more)
        more = readSync(file, bytes, length, maxBytes - length, null);
      return bytes.slice(0, length);
    }),
  write: (path, bytes) => withFile(path, "w", (file) => writeSync(file, bytes)),
  makeFolder: (path) => {
    mkdirSync(path);
  },
  removeFolder: (path) => {
    rmdirSync(path);
  },
};

function withFile<T>(path: string, flags: string, use: (file: number) => T): T {
  const file = openSync(path, flags);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

/** Access to a provider's files below its root, with coded errors. */
export interface Tree {
  /** @throws {@link QuoteError} `quote/unavailable`, `quote/too-large` */
  readonly read: (name: string, maxBytes: number) => Uint8Array;
  /** Returns the first line of a short file. @throws {@link QuoteError} as `read` */
  readonly line: (name: string) => string;
  /**
   * Writes all bytes or throws, because after an incomplete write the file would mix new bytes with older
   * bytes.
   * @throws {@link QuoteError} `quote/unavailable`
   */
  readonly write: (name: string, bytes: Uint8Array) => void;
  /** @throws {@link QuoteError} `quote/unavailable` */
  readonly makeFolder: (name: string) => void;
  /** @throws {@link QuoteError} `quote/unavailable` */
  readonly removeFolder: (name: string) => void;
}

/** Gives access to the files below `root`. */
export function treeOf(provider: Provider, root: string, files: FileSystem): Tree {
  const at = <T>(name: string, run: (path: string) => T): T => {
    try {
      return run(`${root}/${name}`);
    } catch (error) {
      throw unavailable(provider, name, error);
    }
  };
  const read: Tree["read"] = (name, maxBytes) => {
    const bytes = at(name, (path) => files.read(path, maxBytes + 1));
    if (bytes.length > maxBytes) throw new QuoteError({ code: "quote/too-large", provider, limit: maxBytes });
    return bytes;
  };
  return {
    read,
    line: (name) => String.fromCharCode(...read(name, 256)).replace(/\n.*$/s, ""),
    write: (name, bytes) => {
      const written = at(name, (path) => files.write(path, bytes));
      if (written !== bytes.length)
        throw new QuoteError({ code: "quote/unavailable", provider, what: name, reason: "short write" });
    },
    makeFolder: (name) => {
      at(name, files.makeFolder);
    },
    removeFolder: (name) => {
      at(name, files.removeFolder);
    },
  };
}

/**
 * Returns a coded error with the system's code. It omits the system's message, which may repeat written
 * data.
 * @throws `error` itself if it is not a system error
 */
function unavailable(provider: Provider, what: string, error: unknown): QuoteError {
  const reason =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (reason === undefined) throw error;
  return new QuoteError({ code: "quote/unavailable", provider, what, reason }, { cause: error });
}
