/** Tests the built command as a user runs it: the demo from start to end, and starts that cannot succeed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDevchain, faults, serveDevchain } from "@pruntime/devchain";
import { afterAll, expect, it } from "vitest";
import { run, start } from "./processes.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-command-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  { chain: "with this project's pallets", flags: [] },
  { chain: "without this project's pallets", flags: ["--plain"] },
])("tells the demo's story to its end on a chain $chain", { timeout: 90_000 }, async ({ flags }) => {
  const { exitCode, stdout, stderr } = await run("demo", "--json", ...flags);
  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, set_id: "2" });
});

it("ends if a part cannot start, and leaves no part running", async () => {
  const { exitCode, stdout } = await run(
    "up",
    "--host",
    "192.0.2.1",
    "--chain-port",
    "0",
    "--data-dir",
    join(folder, "a"),
    "--json",
  );
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([1, { ok: false, code: "cli/bad-host" }]);
});

it("refuses a chain that another process has open", async () => {
  const data = join(folder, "b");
  const chain = await start("chain", "--port", "0", "--data-dir", data);
  try {
    const { exitCode, stdout } = await run("up", "--data-dir", data, "--json");
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      1,
      {
        ok: false,
        code: "lock/held",
        message: expect.stringContaining(`in use by process ${chain.pid} on `),
      },
    ]);
  } finally {
    await chain.end();
  }
});

it("prints one JSON object with --json, also if it is misused", async () => {
  for (const misuse of [
    ["query", "balances"],
    ["up", "--port", "x"],
  ]) {
    const { exitCode, stdout } = await run(...misuse, "--json");
    expect([exitCode, JSON.parse(stdout)], misuse.join(" ")).toMatchObject([
      2,
      { ok: false, code: "cli/bad-argument" },
    ]);
  }
});

it("proves a checkpoint from an older one, without trusting a node", async () => {
  const chain = await createDevchain({ mode: { kind: "manual" }, rotateEvery: 4 });
  const node = await serveDevchain(chain);
  try {
    for (let i = 0; i < 14; i++) chain.produceBlock();
    const [old, proven, believed] = ["old", "proven", "believed"].map((name) =>
      join(folder, `${name}.json`),
    ) as [string, string, string];
    const make = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await run("checkpoint", ...args, "--json")).stdout);
    await make("--node", node.url, "--at", "2", "--out", old);
    expect(await make("--node", node.url, "--from", old, "--out", proven)).toMatchObject({
      ok: true,
      number: 14,
      setId: "3",
    });
    await make("--node", node.url, "--out", believed);
    expect(readFileSync(proven, "utf8")).toBe(readFileSync(believed, "utf8"));
    chain.setFault("forged", faults.wrongSetId());
    expect(await make("--node", node.url, "--from", old, "--out", proven)).toMatchObject({
      ok: false,
      code: "finality/bad-signature",
    });
    expect(await make("--warp", old)).toMatchObject({ ok: false, code: "cli/bad-argument" });
    expect(await make("--from", old, "--at", "3")).toMatchObject({ ok: false, code: "cli/bad-argument" });
  } finally {
    await node.close();
    await chain.close();
  }
});
