import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, describe, expect, it, vi } from "vitest";
import {
  type NodeFlags,
  nodeOf,
  oneWorkerOf,
  type WorkerFlags,
  withNode,
  withWorkers,
  workersOf,
  writeUrl,
} from "../../src/worker/addresses.ts";

const root = mkdtempSync(join(tmpdir(), "pruntime-addresses-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const [node, worker] = ["ws://127.0.0.1:1", "http://127.0.0.1:2"];

/** The flags of a command line. */
function flags(...args: readonly string[]): NodeFlags & WorkerFlags {
  return withWorkers(withNode(new Command()))
    .parse(["--data-dir", join(root, "stack"), ...args], { from: "user" })
    .opts();
}

describe("the addresses of a stack", () => {
  it("are those of the ports that `pruntime up` takes first, if nothing else is known", () => {
    const dataDir = join(root, "empty");
    expect([nodeOf({ dataDir }), workersOf({ dataDir })]).toEqual([
      "ws://127.0.0.1:9944",
      ["http://127.0.0.1:8000"],
    ]);
  });

  it("are read from the data folder in which the stack wrote them", () => {
    writeUrl(join(root, "stack"), "node", node);
    writeUrl(join(root, "stack"), "worker", worker);
    expect([nodeOf(flags()), workersOf(flags())]).toEqual([node, [worker]]);
  });

  it("are replaced by variables, and both by options", () => {
    vi.stubEnv("PRUNTIME_NODE", "ws://variable");
    vi.stubEnv("PRUNTIME_WORKER", "http://variable");
    expect([nodeOf(flags()), workersOf(flags())]).toEqual(["ws://variable", ["http://variable"]]);
    const given = flags("--node", "ws://option", "--worker", "http://one", "--worker", "http://two");
    expect([nodeOf(given), workersOf(given)]).toEqual(["ws://option", ["http://one", "http://two"]]);
    vi.unstubAllEnvs();
  });

  it("cli/bad-argument: several workers where no evidence shows that they are replicas", () => {
    expect(oneWorkerOf(flags("--worker", "http://one"))).toBe("http://one");
    expect(() => oneWorkerOf(flags("--worker", "http://one", "--worker", "http://two"))).toThrow(
      "cli/bad-argument",
    );
  });
});
