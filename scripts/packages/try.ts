/**
 * Installs the packages into an empty folder outside the checkout, and uses them as a stranger would.
 * Compiles a strict program, starts a stack with the command, and runs the program on several versions of
 * Node.js.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../bundles.ts";
import { bundleBytes, mostBundleBytes } from "./bundle-bytes.ts";
import { manifestOf } from "./workspaces.ts";

/** What a program needs besides the client: a compiler, types and, before Node.js 22, a WebSocket. */
const besides = ["typescript", "@types/node", "ws", "@types/ws"];
/** The npm package with the executable of Node.js for this machine. */
const nodePackage = `node-${process.platform}-${process.arch}`;
/** The versions of Node.js on which the program runs, besides that which runs this script. */
const otherNodes = ["22.23.5", "24.22.3"];

const compilerOptions = {
  target: "ES2023",
  lib: ["ES2023", "DOM"],
  types: ["node"],
  module: "NodeNext",
  moduleResolution: "NodeNext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
};

/** Tries the packages in these tarballs. @throws Error if a step fails */
export async function tryPackages(tarballs: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-packages-"));
  const say = (what: string): void => void process.stdout.write(`${what}\n`);
  const run = (program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: "utf8" });
  try {
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, include: ["*.ts", "examples"] }),
    );
    copyFileSync(join(import.meta.dirname, "program.ts"), join(folder, "program.ts"));
    cpSync(join(root, "client/test/examples"), join(folder, "examples"), { recursive: true });
    run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs, ...besides.map(pinned));
    say("installed both packages");
    run("npx", "--no-install", "tsc");
    say("compiled a strict program, and the examples of the client's README");
    const bytes = await bundleBytes("@pruntime/client", folder);
    if (bytes > mostBundleBytes) throw new RangeError(`a page's bundle has ${bytes} bytes`);
    say(`bundled \`connect\` for a page: ${bytes} bytes, compressed`);
    const nodes = [process.execPath, ...otherNodes.map((version) => nodeOf(folder, version))];
    for (const node of nodes) {
      const version = run(node, "--version").trim();
      const stack = await startStack(folder, node, version);
      try {
        const answer = JSON.parse(run(node, "program.js", version)) as { readonly status: string };
        if (answer.status !== "Ok") throw new Error(`the command ended with ${answer.status}`);
        const command = "node_modules/@pruntime/cli/cli/bin/pruntime.mjs";
        run(node, command, "query", "balances", "TotalIssuance", "--data-dir", version);
        say(`ran the stack, the program and the command on Node ${version}: ${JSON.stringify(answer)}`);
      } finally {
        await stopped(stack);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Installs a version of Node.js into a folder of its own, and returns the path of its executable. */
function nodeOf(folder: string, version: string): string {
  const at = join(folder, `node-${version}`);
  const what = `${nodePackage}@${version}`;
  execFileSync("npm", ["install", "--prefix", at, "--no-audit", "--no-fund", "--loglevel=error", what]);
  return join(at, "node_modules", nodePackage, "bin/node");
}

/** A package at the version that this repository uses. */
function pinned(name: string): string {
  return `${name}@${manifestOf(".").devDependencies?.[name]}`;
}

/** Starts `pruntime up` with free ports, and waits until it is ready. */
function startStack(folder: string, node: string, dataDir: string): Promise<ChildProcess> {
  const command = join(folder, "node_modules/.bin/pruntime");
  const args = [
    "up",
    "--json",
    "--data-dir",
    dataDir,
    "--port",
    "0",
    "--chain-port",
    "0",
    "--block-ms",
    "300",
  ];
  const child = spawn(node, [command, ...args], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`pruntime up ended with ${code}`)));
    createInterface({ input: child.stdout }).once("line", () => resolve(child));
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  await gone;
}
