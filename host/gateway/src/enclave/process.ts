/**
 * Starts the enclave's process, either with Node or with a launcher that the operator names. Without a
 * launcher, Node's permission flags forbid the enclave to start processes and workers, to load addons, to use
 * WASI, and to open files other than its own bundle and its hardware's files. Its environment is empty, so
 * NODE_OPTIONS cannot restore a permission. These flags are a second line of defence, not a security
 * boundary: see SECURITY.md.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { type Provider, type ProviderRow, providers, type SealingSource } from "@pruntime/api/hardware";
import { isStackFrame } from "@pruntime/core/errors";
import { GatewayError } from "../error.ts";

/** An enclave's process, with pipes as its standard streams. */
export type EnclaveChild = ChildProcessByStdio<Writable, Readable, Readable>;

/** The hardware that the enclave runs on. */
export interface EnclaveHardware {
  /** The provider of evidence. Default: `simulated`. */
  readonly provider?: Provider;
  /** A folder or socket that replaces the hardware's own; refused in production mode. */
  readonly root?: string;
  /** The source of the sealing key. Default: the provider's own source. */
  readonly sealing?: SealingSource;
  /** Production mode: the enclave refuses any replacement for real hardware. */
  readonly production?: boolean;
  /**
   * The heap of the enclave's process, in MiB. Half of it may be contract state. Default: as large as Node
   * makes it, which depends on the machine's memory.
   */
  readonly heapMib?: number;
  /** Whether production mode accepts an anchor that lets the worker run commands of channel v1. */
  readonly channelV1?: boolean;
}

/**
 * The arguments with which Node runs `bundle`: the permission flags of this Node version, the bundle, and the
 * enclave's own arguments. `bundle` is a real path, without symbolic links.
 */
export function enclaveFlags(bundle: string, hardware: EnclaveHardware = {}): readonly string[] {
  const permission = nodeKnows("--permission") ? "--permission" : "--experimental-permission";
  const { heapMib } = hardware;
  return [
    "--no-warnings",
    ...(heapMib === undefined ? [] : [`--max-old-space-size=${heapMib}`]),
    permission,
    `--allow-fs-read=${bundle}`,
    ...grants(hardware),
    bundle,
    ...enclaveArguments(hardware),
  ];
}

/** The permission flags that let the process reach its provider's hardware. */
function grants({ provider = "simulated", root }: EnclaveHardware): readonly string[] {
  const { places, access } = providers[provider];
  return grantsBy[access](root === undefined ? places : [root]);
}

const grantsBy: Readonly<Record<ProviderRow["access"], (places: readonly string[]) => readonly string[]>> = {
  nothing: () => [],
  files: (places) => places.flatMap((at) => [`--allow-fs-read=${at}/*`, `--allow-fs-write=${at}/*`]),
  // The versions of Node that know --allow-net refuse Unix sockets without it.
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
  channelV1 = false,
}: EnclaveHardware): readonly string[] {
  return [
    ...(production ? ["--production"] : []),
    ...(channelV1 ? ["--channel-v1"] : []),
    ...(provider === undefined ? [] : ["--attest", provider]),
    ...(root === undefined ? [] : ["--attest-root", root]),
    ...(sealing === undefined ? [] : ["--seal", sealing]),
  ];
}

function nodeKnows(flag: string): boolean {
  return process.allowedNodeEnvironmentFlags.has(flag);
}

/** How to start the enclave's process. */
export interface EnclaveStart {
  /** The path of enclave.mjs. */
  readonly bundle: string;
  readonly hardware?: EnclaveHardware;
  /**
   * A command and its arguments, for example `gramine-sgx enclave`. The command starts the enclave inside a
   * TEE, and exchanges frames on its standard streams. The gateway adds no arguments, because the TEE
   * measures the enclave's arguments.
   */
  readonly launcher?: readonly [string, ...string[]];
}

/** Starts the enclave's process. @throws {@link GatewayError} `gateway/no-bundle` */
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

/**
 * The end of the enclave's stderr that is kept for a crash report.
 * @limit bytes
 * @source chosen
 * @past the beginning is forgotten
 */
const keptBytes = 8192;

/**
 * Reads a child's stderr. The returned function returns the coded errors and the stack frames among the last
 * lines of stderr. It returns no other text, because the message of an uncaught error may contain secrets.
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
