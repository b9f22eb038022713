/**
 * The file of `--session`: what the client of the last command knew about the worker, as one line of JSON. So
 * no command takes an answer as of a block before the block of an earlier command's answer.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { decodeSession, type StoredSession } from "@pruntime/client";
import { canonicalJson } from "@pruntime/core/json";
import { badFile } from "../error.ts";
import { maxLineBytes, readText } from "../terminal/file.ts";

/**
 * Reads the file; `undefined` if there is none yet.
 * @throws CliError `cli/bad-file`, `cli/file-too-large`; JsonError, BytesError
 */
export function readSession(path: string): StoredSession | undefined {
  return existsSync(path) ? decodeSession(readText(path, maxLineBytes).trimEnd()) : undefined;
}

/**
 * Replaces the file as a whole, so that it never contains a part of a session. Only this user can read the
 * new file. The file stays as it is if another command has meanwhile stored a block that is as high.
 * @throws as {@link readSession}
 */
export function writeSession(path: string, session: StoredSession): void {
  const stored = readSession(path);
  if (stored !== undefined && stored.block.number >= session.block.number) return;
  const fresh = `${path}.${process.pid}`;
  try {
    rmSync(fresh, { force: true }); // the mode applies only to a new file
    writeFileSync(fresh, `${canonicalJson({ ...session })}\n`, { mode: 0o600, flag: "wx", flush: true });
    renameSync(fresh, path);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw badFile(path, cause);
  }
}
