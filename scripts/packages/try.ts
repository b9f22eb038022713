/**
 * Installs the packages into an empty folder outside the checkout, and uses them as a stranger would.
 * Compiles a strict program, starts a stack with the command, and runs the program on several versions of
 * Node.js and, where this machine has Chromium, on a web page.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../bundles.ts";
import { bundleForPage, mostBundleBytes, type PageBundle } from "./bundle-bytes.ts";
import type { transfer } from "./transfer.ts";
import { chromiumPath, tryOnPage } from "./try-page.ts";
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
    for (const file of ["program.ts", "transfer.ts"])
      copyFileSync(join(import.meta.dirname, file), join(folder, file));
    cpSync(join(root, "client/test/examples"), join(folder, "examples"), { recursive: true });
    run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs, ...besides.map(pinned));
    say("installed both packages");
    run("npx", "--no-install", "tsc");
    say("compiled a strict program, and the examples of the client's README");
    const { bytes } = await bundleForPage('export { connect } from "@pruntime/client";', folder);
    if (bytes.first > mostBundleBytes.first || bytes.all > mostBundleBytes.all)
      throw new RangeError(`a page's bundle has ${bytes.first} bytes, with all verifiers ${bytes.all}`);
    say(`bundled \`connect\` for a page: ${bytes.first} bytes compressed, ${bytes.all} with all verifiers`);
    const bundle = await bundleForPage('export { transfer } from "./transfer.js";', folder);
    const nodes = [process.execPath, ...otherNodes.map((version) => nodeOf(folder, version))];
    for (const node of nodes) {
      const version = run(node, "--version").trim();
      const stack = await startStack(folder, node, version);
      try {
        const answer = JSON.parse(run(node, "program.js", version)) as Answer;
        requireOk(answer);
        const command = "node_modules/@pruntime/cli/cli/bin/pruntime.mjs";
        run(node, command, "query", "balances", "TotalIssuance", "--data-dir", version);
        say(`ran the stack, the program and the command on Node ${version}: ${JSON.stringify(answer)}`);
        if (node === process.execPath) say(await runOnPage(bundle, join(folder, version)));
      } finally {
        await stopped(stack);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Answer = Awaited<ReturnType<typeof transfer>>;

function requireOk({ outcome }: Answer): void {
  if (outcome !== "Ok") throw new Error(`the command ended with ${outcome}`);
}

/** Runs the bundle in Chromium against the stack of a folder. Returns what to say about it. */
async function runOnPage(bundle: PageBundle, dataDir: string): Promise<string> {
  const chromium = chromiumPath();
  if (chromium === undefined) {
    if (process.env["PRUNTIME_REQUIRE_FIXTURES"] === "1") throw new Error("Chromium is absent");
    return "this machine has no Chromium, so no page has run";
  }
  const read = (name: string): string => readFileSync(join(dataDir, name), "utf8").trim();
  const stack = {
    workerUrl: read("worker-url"),
    nodeUrl: read("node-url"),
    policy: read("policy.json"),
    anchor: read("anchor"),
  };
  const { answer, loaded } = await tryOnPage(chromium, bundle, stack);
  requireOk(answer);
  const left = bundle.files.size - loaded.length;
  if (left === 0) throw new Error("the page has loaded the verifiers of all kinds");
  const what = JSON.stringify(answer);
  return `ran the program on a page in Chromium, without ${left} of the bundle's files: ${what}`;
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
