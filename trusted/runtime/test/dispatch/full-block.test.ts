import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** The heap in which a worker must be able to dispatch the largest blocks, in MiB. */
const heapMib = 512;
const program = join(import.meta.dirname, "../support/full-block.ts");

describe(`with a heap of ${heapMib} MiB`, () => {
  it("takes a body full of the shortest calls, the events of all of them, and 250 nested batches", () => {
    const flags = [`--max-old-space-size=${heapMib}`, "--import", import.meta.resolve("tsx")];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    const [full, nested] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)) as unknown[];
    expect(full).toMatchObject({ dispatchedTo: 1, status: "BadCommand" });
    expect(nested).toMatchObject({ dispatchedTo: 2, status: "BadCommand" });
    expect((full as { readonly calls: number }).calls).toBeGreaterThan(1_700_000);
  }, 300_000);
});
