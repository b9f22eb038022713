/**
 * Tests DataPlaza's files with the command: sealed by seller and buyer, and in clear. Runs the README's
 * program on the same stack.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { programOfReadme } from "../support/readme.ts";
import { type Part, run, start } from "./processes.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-files-"));
const data = join(folder, "data");
const [people, wanted, bad] = ["people.csv", "wanted.csv", "bad.csv"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
let stack: Part;

beforeAll(async () => {
  writeFileSync(people, "phone,name\n1,Ada\n2,Alan\n3,Grace\n");
  writeFileSync(wanted, "phone\n2\n3\n");
  writeFileSync(bad, "phone,name\n1,Ada\n2\n");
  stack = await start("up", "--data-dir", data, "--port", "0", "--chain-port", "0", "--block-ms", "200");
  const list = { name: "", category: "", description: "", dataset_link: "/people", dataset_preview: "" };
  const listing = JSON.stringify({ List: { ...list, price: { PerRow: { price: "1" } } } });
  await push("//Bob", listing);
  await push("//Alice", JSON.stringify({ OpenOrder: { item_id: 0, query_link: "/wanted" } }));
}, 240_000);
afterAll(async () => {
  await stack?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** The stack's ports are not the usual ones: commands find them in the data folder. */
async function push(from: string, command: string): Promise<void> {
  const { exitCode, stderr } = await run("push", "dataplaza", command, "--from", from, "--data-dir", data);
  expect(exitCode, stderr).toBe(0);
}

/** Runs a command for files, and returns its exit code and what it printed. */
async function files(...args: readonly string[]) {
  const { exitCode, stdout } = await run(...args, "--data-dir", data, "--json");
  return [exitCode, JSON.parse(stdout) as Record<string, unknown>] as const;
}
const dataset = (...args: readonly string[]) => files("set-dataset", ...args, "--path", "/people");
const query = (...args: readonly string[]) => files("set-query", ...args, "--path", "/wanted");
const key = join(folder, "result.key");
const rowsOf = (value: unknown) => Buffer.from(String(value), "base64").toString();

it("seals both files, lets the operator upload them, and opens the result", {
  timeout: 180_000,
}, async () => {
  const sealed = join(folder, "people.sealed");
  expect(await dataset(people, "--as", "//Bob", "--out", sealed)).toMatchObject([0, { rows: 3, columns: 2 }]);
  expect(readFileSync(sealed).includes("Grace")).toBe(false);
  expect(await dataset(sealed)).toMatchObject([0, { path: "/people" }]);
  expect(await query(wanted, "--as", "//Alice", "--result-key", key)).toMatchObject([0, { rows: 2 }]);
  expect(statSync(key).mode & 0o777).toBe(0o600);

  const [, opened] = await files("get-result", "--result-key", key);
  expect(opened).toMatchObject({ sealed: true, seller: expect.stringMatching(/^8eaf04151687/) });
  expect(rowsOf(opened["value_b64"])).toBe("2,Alan\n3,Grace\n");

  const [, fetched] = await files("get-result");
  expect(fetched).toMatchObject({ sealed: true });
  const saved = join(folder, "result");
  writeFileSync(saved, Buffer.from(String(fetched["value_b64"]), "base64"));
  const [, later] = await files("get-result", "/order/0", "--from-file", saved, "--result-key", key);
  expect(rowsOf(later["value_b64"])).toBe("2,Alan\n3,Grace\n");
  expect(await files("get-result", "/order/1", "--from-file", saved, "--result-key", key)).toMatchObject([
    1,
    { code: "channel/bad-tag" },
  ]);
});

it("uploads in clear only if it is asked to", { timeout: 180_000 }, async () => {
  expect(await dataset(people)).toMatchObject([2, { code: "cli/bad-argument" }]);
  expect(await query(wanted, "--as", "//Alice")).toMatchObject([2, { code: "cli/bad-argument" }]);
  expect(await dataset(people, "--clear")).toMatchObject([0, { rows: 3 }]);
  expect(await query(wanted, "--clear")).toMatchObject([0, { rows: 2 }]);
  const [, result] = await files("get-result");
  expect([result["sealed"], rowsOf(result["value_b64"])]).toEqual([false, "2,Alan\n3,Grace\n"]);
});

it("runs the program of the README as it stands there", { timeout: 120_000 }, async () => {
  writeFileSync(join(folder, "program.mts"), programOfReadme());
  symlinkSync(join(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
  symlinkSync(data, join(folder, ".pruntime"));
  const program = promisify(execFile)(process.execPath, ["--import", "tsx", "program.mts"], { cwd: folder });
  expect(JSON.parse((await program).stdout)).toMatchObject({ outcome: "Ok", balance: "5" });
});

it("cli/bad-argument: uploads nothing under a path that no listing can name", async () => {
  for (const path of ["people", "/a b"])
    expect(await files("set-dataset", people, "--clear", "--path", path)).toMatchObject([
      2,
      { code: "cli/bad-argument", message: expect.stringContaining("--path") as string },
    ]);
});

it("names the first line that does not fit the table", { timeout: 180_000 }, async () => {
  for (const how of [["--clear"], ["--as", "//Bob"]]) {
    const [exitCode, refused] = await dataset(bad, ...how);
    expect([exitCode, refused]).toMatchObject([1, { code: "csv/bad-row" }]);
    expect(refused["message"]).toContain("line 3");
  }
});
