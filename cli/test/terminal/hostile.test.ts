/** Runs every command against a worker, a node and files that try to control the terminal. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import { groups } from "../../src/commands/groups.ts";
import { relayProgress } from "../../src/stack/relay.ts";
import { announce } from "../../src/stack/run-files.ts";
import { openLog } from "../../src/terminal/log.ts";
import { runAction } from "../../src/terminal/output.ts";
import { endByBug, printBytes, printText, standardError } from "../../src/terminal/print.ts";

const hostile = "\u001b]0;owned\u0007\u009b31m\u007f\u061c\u200e\u202e\u2066\r\nerror: forged";
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not be printed
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const folder = mkdtempSync(join(tmpdir(), "pruntime-hostile-"));
const at = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
/** JSON that no command accepts, under a hostile name. */
const json = at(`${hostile}.json`, JSON.stringify({ [hostile]: hostile }));
const table = at("table.csv", "phone\n1\n");
const missing = join(folder, hostile);
const token = at("token", "0123456789abcdef");
const hash = `0x${"00".repeat(32)}`;
let worker = "";
let node = "";

const http = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: "error", code: hostile, message: hostile }));
  });
});
const rpc = new WebSocketServer({ host: "127.0.0.1", port: 0 });
rpc.on("connection", (socket) =>
  socket.on("message", (data) => {
    const { id } = JSON.parse(String(data));
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code: 1, message: hostile, data: hostile } }));
  }),
);

beforeAll(async () => {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  worker = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  node = `ws://127.0.0.1:${(rpc.address() as AddressInfo).port}`;
});
afterAll(() => {
  http.close();
  for (const socket of rpc.clients) socket.terminate();
  rpc.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** A data folder that names this process, which serves a hostile address. */
const announced = join(folder, "announced");
announce(announced, hostile, [{ what: hostile, url: hostile }]);

const operator = () => ["--operator", worker, "--token-file", token];
const atWorker = () => ["--worker", worker];
const atNode = () => ["--node", node];

/** The arguments with which each command meets the hostile parties. */
const commands: Readonly<Record<string, () => readonly string[]>> = {
  init: () => [...operator(), ...atNode()],
  info: atWorker,
  status: () => ["--data-dir", announced],
  config: () => ["worker", "--config", json],
  stop: () => ["--data-dir", hostile],
  "set-dataset": () => [table, "--clear", ...operator()],
  "set-query": () => [missing, ...operator()],
  "get-result": () => [hostile, ...operator()],
  dump: () => [join(folder, "dump"), ...operator()],
  load: () => [json, ...operator()],
  console: () => ["get_info", ...operator()],
  push: () => ["77", "Nothing", ...atWorker(), ...atNode(), "--trust-whoever-answers"],
  query: () => ["balances", "TotalIssuance", ...atWorker(), "--trust-whoever-answers"],
  anchor: () => ["--genesis", hash, ...atNode()],
  checkpoint: atNode,
  "verify finality": () => ["--authorities", missing, "--set-id", "1", "--justification", missing],
  "verify warp": () => ["--authorities", missing, "--set-id", "1", "--proof", missing],
  "verify storage": () => ["--root", hash, "--key", "0x00", "--proof", missing],
  "verify genesis": () => ["--spec", missing],
  "verify block": () => ["--block", missing],
  "verify attestation": () => ["--evidence", missing, "--kind", "sgx", "--at", "2026-01-01T00:00:00Z"],
  "verify receipt": () => [missing, "--policy", missing, "--at", "2026-01-01T00:00:00Z"],
  "decode metadata": () => ["--metadata", missing],
  "decode events": () => ["--metadata", missing, "--events", missing],
  "decode remarks": () => ["--metadata", missing, "--events", missing, "--block", missing],
  "decode header": () => ["--header", missing],
  "decode extrinsics": () => ["--extrinsics", missing],
  register: () => [...operator(), ...atNode()],
  "set-policy": () => [missing, ...atNode()],
  workers: atNode,
  "policy show": () => [missing],
  "policy explain": () => [missing],
  "policy lint": () => [missing],
  "policy hash": () => [missing],
  "policy push": () => [missing, ...atNode()],
  "policy consent": () => [missing, "--key", missing],
  "policy sign": () => [missing, "--key", missing],
  "recovery sign": () => [missing, "--key", missing],
  "recovery apply": () => [missing, ...operator(), ...atNode()],
  doctor: () => ["--root", folder],
  handover: () => [
    ...["--from", worker, "--to", worker, "--from-token-file", token, "--to-token-file", token],
    ...["--signer", "//Alice", ...atNode()],
  ],
};

/** Commands that run until they are stopped. They print addresses, a log and the notes of a relay. */
const services = ["up", "chain", "worker", "relay", "demo", "page"];

/** Commands that read and call nothing: they print what follows from their arguments. */
const alone = ["account"];

async function program(): Promise<Command> {
  const made = new Command("pruntime")
    .configureOutput({ writeOut: printText, writeErr: standardError.write })
    .exitOverride();
  for (const [, load] of groups) (await load())(made);
  return made;
}

const leaves = ({ commands: own }: Command): readonly string[] =>
  own.flatMap((command) =>
    command.commands.length === 0
      ? [command.name()]
      : leaves(command).map((name) => `${command.name()} ${name}`),
  );

/** Runs a command and returns everything that it prints. */
async function printed(args: readonly string[]): Promise<string> {
  const chunks: string[] = [];
  const keep = (chunk: unknown): boolean => chunks.push(String(chunk)) > 0;
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
  try {
    await runAction({}, async () => {
      await (await program()).parseAsync(args, { from: "user" });
    });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return chunks.join("");
}

describe("a hostile worker, node or file", () => {
  it("is tried with every command", async () =>
    expect(leaves(await program()).toSorted()).toEqual(
      [...Object.keys(commands), ...services, ...alone].toSorted(),
    ));

  it.each(Object.keys(commands).flatMap((name) => [[name], [`${name} --json`]]))(
    "cannot control the terminal: %s",
    { timeout: 30_000 },
    async (name) => {
      const [words = "", isJson] = name.split(" --");
      const args = [...words.split(" "), ...(commands[words] as () => readonly string[])()];
      const text = await printed(isJson === undefined ? args : [...args, "--json"]);
      expect(text).toContain(words === "doctor" ? "Node" : "\\u009b");
      expect(text).not.toMatch(controls);
      expect(text).not.toMatch(/^error: forged/m);
    },
  );

  it.each(["human", "json"] as const)("cannot control it by the notes of a relay: %s", (logFormat) => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const progress = relayProgress(openLog({ logLevel: "info", logFormat }), "info");
    for (const say of [progress.note, progress.trouble]) say(`${hostile}\nforged`);
    expect(String(write.mock.lastCall?.[0])).toContain("u009b31m");
    expect(write.mock.calls.join("")).not.toMatch(controls);
    expect(write.mock.calls.join("")).not.toMatch(/^forged/m);
  });

  it("cannot control it by the log of a worker", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    standardError.write(`${JSON.stringify({ message: hostile })}\n`);
    const line = write.mock.calls.join("");
    expect(JSON.parse(line)).toEqual({ message: hostile });
    expect(line).not.toMatch(controls);
  });

  it("cannot control it by the message of a bug", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
    endByBug(new Error(hostile));
    expect(write.mock.calls.join("")).toContain("\\u009b31m");
    expect(write.mock.calls.join("")).not.toMatch(controls);
    expect(exit).toHaveBeenCalledWith(1);
  });

  it.each([
    [true, "a,b\n\\u001b[2J\n"],
    [false, "a,b\r\n\u001b[2J\r\n"],
  ])(
    "cannot control it by a stored file; the file reaches a pipe unchanged (terminal: %s)",
    (isTTY, want) => {
      const wasTTY = process.stdout.isTTY;
      const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
      try {
        process.stdout.isTTY = isTTY;
        printBytes(Buffer.from("a,b\r\n\u001b[2J\r\n"));
      } finally {
        process.stdout.isTTY = wasTTY;
      }
      expect(write.mock.calls.map(([chunk]) => Buffer.from(chunk).toString()).join("")).toBe(want);
    },
  );

  it("cannot escape the escaping: only print.ts writes to the terminal", () => {
    const source = join(import.meta.dirname, "../../src");
    const writing = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
      (name) =>
        name.endsWith(".ts") &&
        /process\.std(out|err)|console\.\w/.test(readFileSync(join(source, name), "utf8")),
    );
    // main.ts only listens for the end of a pipe.
    expect(writing.toSorted()).toEqual(["main.ts", "terminal/print.ts"]);
  });
});
