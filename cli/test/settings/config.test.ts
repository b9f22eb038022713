import { Command } from "commander";
import { afterEach, expect, it, vi } from "vitest";
import { registerConfig } from "../../src/commands/config.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

async function config(...args: readonly string[]) {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = new Command().exitOverride();
  registerConfig(program);
  await program.parseAsync(["config", ...args], { from: "user" });
  return write.mock.calls.join("");
}

it("shows each setting's value and its source", async () => {
  vi.stubEnv("PRUNTIME_WORKER_HOST", "0.0.0.0");
  const { command, settings } = JSON.parse(await config("worker", "--port", "9000", "--json")) as {
    readonly command: string;
    readonly settings: readonly unknown[];
  };
  expect(command).toBe("worker");
  for (const [setting, value, from] of [
    ["port", "9000", "option"],
    ["host", "0.0.0.0", "PRUNTIME_WORKER_HOST"],
    ["operator", "127.0.0.1:8001", "default"],
    ["production", "false", "default"],
  ])
    expect(settings).toContainEqual({ setting, value, from });
  expect(await config("worker", "--dev")).toMatch(/^dev +true +option$/m);
});

it("shows where a secret is, and not the secret", async () => {
  vi.stubEnv("SEED", "bottom drive obey lake curtain smoke basket hold race lonely fit walk");
  vi.stubEnv("PRUNTIME_TOKEN", "0123456789abcdef");
  expect(await config("relay", "--register", "env:SEED")).toMatch(/^register +env:SEED +option$/m);
  vi.stubEnv("PRUNTIME_RELAY_REGISTER", "env:SEED");
  const text = (await config("relay")) + (await config("worker"));
  expect(text).toMatch(/^register +env:SEED +PRUNTIME_RELAY_REGISTER$/m);
  expect(text).not.toMatch(/bottom drive|0123456789abcdef/);
});

it("cli/bad-argument for a command without settings", async () => {
  expect(await config("push", "--json")).toContain("cli/bad-argument");
  expect(process.exitCode).toBe(2);
});
