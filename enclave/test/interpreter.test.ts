/** The interpreter of chains' runtimes, bundled as for the enclave. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat } from "@pruntime/core/bytes";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enclaveBundle } from "../../scripts/bundles.ts";
import { type Interpreter, runtimeCodeOf } from "../src/runtime-code.ts";
import { hungryRuntime, trappingRuntime } from "./support/bad-runtimes.ts";
import { runtimeModule } from "./support/chain.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-interpreter-"));
let start: () => Interpreter;

beforeAll(async () => {
  const outfile = join(folder, "interpreter.mjs");
  await build({ ...enclaveBundle, entryPoints: ["enclave/src/interpreter.ts"], outfile });
  ({ startInterpreter: start } = (await import(outfile)) as { startInterpreter: typeof start });
});
afterAll(() => rmSync(folder, { recursive: true }));

const metadataOf = (code: Uint8Array): Uint8Array | undefined => runtimeCodeOf(start).metadataOf(code);

describe("the interpreter", () => {
  it.each<[string, (good: Uint8Array) => Uint8Array]>([
    ["that is empty", () => new Uint8Array()],
    ["that is not a module", (good) => good.map((byte) => byte ^ 1)],
    ["that is cut off", (good) => good.subarray(0, -1)],
    ["whose compressed form is broken", (good) => concat(compressed, good)],
    ["that traps", trappingRuntime],
    ["that takes all memory", hungryRuntime],
  ])("refuses code %s, and then runs good code", (_, bad) => {
    expect(metadataOf(bad(runtimeModule))).toBeUndefined();
    expect(metadataOf(runtimeModule)).toBeDefined();
  });

  it("is not worn out by hundreds of codes on which it traps itself", { timeout: 120_000 }, () => {
    for (let i = 0; i < 700; i++) expect(() => start()("0x07")).toThrow();
    expect(metadataOf(runtimeModule)).toBeDefined();
  });
});

/** The prefix of compressed code. */
const compressed = Uint8Array.of(0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05);
