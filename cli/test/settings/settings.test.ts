import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { commandNamed } from "../../src/commands/config.ts";
import { configurable, givenSettings, settingsOf } from "../../src/settings/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** Parses arguments of a command as it does before its action runs. */
async function parsed(
  name: string,
  args: readonly string[],
  { file, environment = {} }: { file?: unknown; environment?: Readonly<Record<string, string>> } = {},
) {
  const path = join(folder, "pruntime.json");
  if (file !== undefined) writeFileSync(path, typeof file === "string" ? file : JSON.stringify(file));
  for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value);
  const command = await commandNamed(name);
  command.action(() => undefined).exitOverride();
  await command.parseAsync([...args, ...(file === undefined ? [] : ["--config", path])], { from: "user" });
  const from = (key: string) => givenSettings(command).get(key)?.from.replace(path, "file");
  return { options: command.opts(), from };
}

describe("a setting comes from", () => {
  const file = { worker: { port: 1, host: "file", "log-level": "error" } };
  const environment = { PRUNTIME_WORKER_PORT: "2", PRUNTIME_WORKER_HOST: "environment" };

  it("an option, or else the environment, or else the file, or else its default", async () => {
    const { options, from } = await parsed("worker", ["--port", "3"], { file, environment });
    expect(options).toMatchObject({ port: 3, host: "environment", logLevel: "error", dev: false });
    expect(["port", "host", "log-level", "dev"].map(from)).toEqual([
      "option",
      "PRUNTIME_WORKER_HOST",
      "file",
      undefined,
    ]);
  });

  it("the file that PRUNTIME_CONFIG names", async () => {
    await parsed("worker", [], { file: { worker: { port: 7 } } });
    const config = join(folder, "pruntime.json");
    expect((await parsed("worker", [], { environment: { PRUNTIME_CONFIG: config } })).options["port"]).toBe(
      7,
    );
  });

  it("the command's own variable before the one that it shares", async () => {
    const own = { PRUNTIME_RELAY_DATA_DIR: "own", PRUNTIME_DATA: "shared" };
    expect((await parsed("relay", [], { environment: own })).options["dataDir"]).toBe("own");
    vi.unstubAllEnvs();
    expect((await parsed("relay", [], { environment: { PRUNTIME_DATA: "shared" } })).options).toMatchObject({
      dataDir: "shared",
    });
  });

  it("a caller's variables only where the command is a caller", async () => {
    const environment = { PRUNTIME_OPERATOR: "http://127.0.0.1:1" };
    expect((await parsed("relay", [], { environment })).options["operator"]).toBe("http://127.0.0.1:1");
    expect((await parsed("worker", [], { environment })).options["operator"]).toMatchObject({ port: 8001 });
  });
});

describe("a setting of the kind", () => {
  it.each<[string, string, unknown, unknown]>([
    ["flag", "production", true, true],
    ["flag that is off", "production", false, false],
    ["list", "trust-proxy", ["10.0.0.0/8", "::1"], ["10.0.0.0/8", "::1"]],
    ["list of one", "trust-proxy", "::1", ["::1"]],
    ["read value", "operator", "/run/x.sock", { path: "/run/x.sock" }],
  ])("%s is read from the file: %s", async (_, key, value, want) => {
    const { options } = await parsed("worker", [], { file: { worker: { [key]: value } } });
    expect(options[key.replace(/-(\w)/, (__, letter: string) => letter.toUpperCase())]).toEqual(want);
  });

  it.each<[string, string, string, unknown]>([
    ["PRUNTIME_RELAY_INIT", "false", "init", false],
    ["PRUNTIME_RELAY_SPOOL", "false", "spool", false],
    ["PRUNTIME_RELAY_SPOOL", "folder", "spool", "folder"],
    ["PRUNTIME_RELAY_NODE", "ws://a, ws://b", "node", ["ws://a", "ws://b"]],
    ["PRUNTIME_RELAY_TOLD", "1", "told", true],
    ["PRUNTIME_RELAY_CHANNEL_V1", "false", "channelV1", false],
  ])("%s=%s is read from the environment", async (variable, text, name, want) => {
    expect((await parsed("relay", [], { environment: { [variable]: text } })).options[name]).toEqual(want);
  });

  it("list is replaced, and not extended, by options", async () => {
    const file = { relay: { node: ["ws://file"] } };
    const { options } = await parsed("relay", ["--node", "ws://a", "--node", "ws://b"], { file });
    expect(options["node"]).toEqual(["ws://a", "ws://b"]);
  });
});

describe("cli/bad-argument names the source", () => {
  it.each<[string, unknown, string]>([
    ["a section that does not exist", { workers: {} }, "pruntime.json"],
    ["no object", [], "pruntime.json"],
    ["a section that is not an object", { worker: 1 }, "worker in"],
    ["a key that does not exist", { worker: { prot: 1 } }, "worker.prot in"],
    ["a secret, for which there is no option", { worker: { token: "0123456789abcdef" } }, "worker.token in"],
    ["a value that the option refuses", { worker: { port: 70_000 } }, "worker.port in"],
    ["a list for an option that takes one value", { worker: { port: [1, 2] } }, "worker.port in"],
    ["an object as a value", { worker: { port: {} } }, "worker.port in"],
    ["a flag that is neither on nor off", { worker: { production: "maybe" } }, "worker.production in"],
  ])("%s", async (_, file, name) => {
    await expect(parsed("worker", [], { file })).rejects.toMatchObject({
      detail: { code: "cli/bad-argument", name: expect.stringContaining(name) },
    });
  });

  it("an environment variable", async () => {
    await expect(parsed("worker", [], { environment: { PRUNTIME_WORKER_PORT: "x" } })).rejects.toMatchObject({
      detail: { code: "cli/bad-argument", name: "PRUNTIME_WORKER_PORT" },
    });
  });

  it("json/bad-syntax for a file that is not JSON", async () => {
    await expect(parsed("worker", [], { file: "{" })).rejects.toThrow(/^json\//);
  });
});

it("no two settings of all commands have the same variable of their own", async () => {
  const own = await Promise.all(
    configurable.map(async (name) =>
      settingsOf(await commandNamed(name)).map(({ variables }) => variables[0]),
    ),
  );
  expect(new Set(own.flat()).size).toBe(own.flat().length);
});
