/**
 * `pruntime worker` in production mode: if the hardware is missing or faked, no worker starts, and scripts
 * can detect that.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const command = join(root, "cli/dist/pruntime.mjs");
const folder = mkdtempSync(join(tmpdir(), "pruntime-production-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `pruntime worker`, and returns the exit status and the one JSON object on standard output. */
function worker(
  argv: string,
  env: Readonly<Record<string, string>> = {},
): readonly [number | null, { code?: string; message?: string }] {
  const args = [
    command,
    "worker",
    "--json",
    "--port",
    "0",
    "--data-dir",
    folder,
    ...argv.split(" ").filter((word) => word !== ""),
  ];
  const { status, stdout } = spawnSync(process.execPath, args, {
    env: { PATH: process.env["PATH"], ...env },
    encoding: "utf8",
  });
  return [status, JSON.parse(stdout) as object];
}

describe.skipIf(!existsSync(command))("pruntime worker", () => {
  it.each([
    ["enclave/production-simulated", "--production"],
    ["enclave/production-fake-root", `--production --attest gramine --attest-root ${folder}`],
    ["enclave/development-key", "--production --attest gramine --seal development"],
    ["enclave/production-dev-actions", "--production --attest configfs-tsm --dev"],
    ["quote/unavailable", `--attest gramine --attest-root ${folder}`],
  ])("%s: exits with 1: %s", (reason, argv) =>
    expect(worker(argv)).toEqual([
      1,
      { ok: false, code: "gateway/boot-failed", message: expect.stringContaining(reason) as string },
    ]),
  );

  it("is also put into production mode by the environment", () =>
    expect(worker("", { PRUNTIME_PRODUCTION: "1" })).toMatchObject([
      1,
      { message: expect.stringContaining("enclave/production-simulated") as string },
    ]));
});
