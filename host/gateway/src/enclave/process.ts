/**
 * The enclave's process: Node's permission flags take files (its own bundle apart), child processes, workers, addons and WASI away from it; the
 * environment is empty, so that no NODE_OPTIONS gives them back. It is a seat belt, not a boundary: see SECURITY.md.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { GatewayError } from "../error.ts";

export type EnclaveChild = ChildProcessByStdio<Writable, Readable, Readable>;

/** The flags of this Node version under which `bundle`, a real path, runs. */
export function enclaveFlags(bundle: string): readonly string[] {
  const permission = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
  return ["--no-warnings", permission, `--allow-fs-read=${bundle}`, bundle];
}

/** @throws {@link GatewayError} `gateway/no-bundle` */
export function spawnEnclave(bundle: string): EnclaveChild {
  return spawn(process.execPath, enclaveFlags(realBundle(bundle)), { env: {}, stdio: ["pipe", "pipe", "pipe"] });
}

function realBundle(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw new GatewayError({ code: "gateway/no-bundle", path }, { cause: error });
  }
}

const keptBytes = 8192;

/**
 * Listens to a child's stderr and answers, when asked, where it crashed: coded errors and stack frames of its last words. Anything else it may have
 * written is not repeated, for an uncaught error's message can hold what must not be in a log.
 */
export function crashTrace(stderr: Readable): () => readonly string[] {
  let tail = "";
  stderr.setEncoding("utf8");
  stderr.on("data", (text: string) => {
    tail = (tail + text).slice(-keptBytes);
  });
  return () =>
    tail
      .split("\n")
      .filter((line) => /^\s+at \S/.test(line) || /^(Uncaught )?\w*Error: [a-z0-9-]+\/[a-z0-9-]+$/.test(line))
      .slice(0, 12)
      .map((line) => line.trim());
}
