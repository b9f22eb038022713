/**
 * The enclave's process: Node's permission flags take files (its own bundle and its hardware's apart), child processes, workers, addons and WASI away from it; the
 * environment is empty, so that no NODE_OPTIONS gives them back. It is a seat belt, not a boundary: see SECURITY.md.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { type Provider, type ProviderRow, providers, type SealingSource } from "@pruntime/api/hardware";
import { isStackFrame } from "@pruntime/core/errors";
import { GatewayError } from "../error.ts";

export type EnclaveChild = ChildProcessByStdio<Writable, Readable, Readable>;

/** What the enclave is started on. */
export interface EnclaveHardware {
  /** Default: `simulated`. */
  readonly provider?: Provider;
  /** Folder or socket in place of the hardware's own; refused in production mode. */
  readonly root?: string;
  /** Default: what the provider has. */
  readonly sealing?: SealingSource;
  /** Refuses whatever stands in for hardware. */
  readonly production?: boolean;
}

/** The flags of this Node version under which `bundle`, a real path, runs, and the enclave's own arguments. */
export function enclaveFlags(bundle: string, hardware: EnclaveHardware = {}): readonly string[] {
  const permission = nodeKnows("--permission") ? "--permission" : "--experimental-permission";
  return [
    "--no-warnings",
    permission,
    `--allow-fs-read=${bundle}`,
    ...grants(hardware),
    bundle,
    ...enclaveArguments(hardware),
  ];
}

/** The permission flags with which the process can reach its provider's hardware. */
function grants({ provider = "simulated", root }: EnclaveHardware): readonly string[] {
  const { places, access } = providers[provider];
  return grantsBy[access](root === undefined ? places : [root]);
}

const grantsBy: Readonly<Record<ProviderRow["access"], (places: readonly string[]) => readonly string[]>> = {
  nothing: () => [],
  files: (places) => places.flatMap((at) => [`--allow-fs-read=${at}/*`, `--allow-fs-write=${at}/*`]),
  // Later versions of Node refuse unix sockets without --allow-net; earlier versions do not know the flag.
  socket: (places) => [
    ...places.map((path) => `--allow-fs-read=${path}`),
    ...(nodeKnows("--allow-net") ? ["--allow-net"] : []),
  ],
};

function enclaveArguments({
  provider,
  root,
  sealing,
  production = false,
}: EnclaveHardware): readonly string[] {
  return [
    ...(production ? ["--production"] : []),
    ...(provider === undefined ? [] : ["--attest", provider]),
    ...(root === undefined ? [] : ["--attest-root", root]),
    ...(sealing === undefined ? [] : ["--seal", sealing]),
  ];
}

function nodeKnows(flag: string): boolean {
  return process.allowedNodeEnvironmentFlags.has(flag);
}

/** How the enclave's process is started. */
export interface EnclaveStart {
  /** Path of enclave.mjs. */
  readonly bundle: string;
  readonly hardware?: EnclaveHardware;
  /**
   * A command that starts it inside a TEE of its own, such as `gramine-sgx enclave`, and speaks frames on its standard streams. It is given no arguments: those are
   * part of what is measured.
   */
  readonly launcher?: readonly [string, ...string[]];
}

/** @throws {@link GatewayError} `gateway/no-bundle` */
export function spawnEnclave({ bundle, hardware, launcher }: EnclaveStart): EnclaveChild {
  const stdio: ["pipe", "pipe", "pipe"] = ["pipe", "pipe", "pipe"];
  if (launcher === undefined)
    return spawn(process.execPath, enclaveFlags(realBundle(bundle), hardware), { env: {}, stdio });
  const [command, ...args] = launcher;
  return spawn(command, args, { env: { PATH: process.env["PATH"] }, stdio });
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
      .filter((line) => isStackFrame(line) || /^(Uncaught )?\w*Error: [a-z0-9-]+\/[a-z0-9-]+$/.test(line))
      .slice(0, 12)
      .map((line) => line.trim());
}
