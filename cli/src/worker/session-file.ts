/**
 * The file of `--session`: what the client of the last command knew about the worker, as one line of JSON. So
 * no command takes an answer as of a block before the block of an earlier command's answer.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { decodeSession, type StoredSession } from "@pruntime/client";
import { ProtocolError } from "@pruntime/core/errors";
import { canonicalJson } from "@pruntime/core/json";
import { badFile } from "../error.ts";
import { shownError } from "../terminal/advice.ts";
import { maxLineBytes, readText } from "../terminal/file.ts";
import { note } from "../terminal/output.ts";

/**
 * Reads the file; `undefined` if there is none yet.
 * @throws CliError `cli/bad-file`, `cli/file-too-large`; JsonError, BytesError
 */
export function readSession(path: string): StoredSession | undefined {
  return existsSync(path) ? decodeSession(readText(path, maxLineBytes).trimEnd()) : undefined;
}

/**
 * Runs a command, and then stores the client's session, even if the command fails. If the session cannot be
 * stored either, a note says so, and the command's error is thrown.
 * @param path absent if the user named no file
 * @throws the errors of the command; as {@link writeSession}
 */
export async function keepingSession<T>(
  path: string | undefined,
  client: { readonly session: StoredSession | undefined },
  command: () => Promise<T>,
): Promise<T> {
  const store = (): void => {
    if (path !== undefined && client.session !== undefined) writeSession(path, client.session);
  };
  const result = await command().catch((error: unknown) => {
    noteIfRefused(store);
    throw error;
  });
  store();
  return result;
}

function noteIfRefused(store: () => void): void {
  try {
    store();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    note(`the session was not stored: ${shownError(error).lines.join(" ")}`);
  }
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
