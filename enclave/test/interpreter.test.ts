/** The interpreter of chains' runtimes, bundled as for the enclave. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat, to0x } from "@pruntime/core/bytes";
import { complete } from "@pruntime/core/work";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { enclaveBundle } from "../../scripts/bundles.ts";
import { type Interpreter, runtimeCodeOf } from "../src/runtime-code.ts";
import {
  boastingRuntime,
  hungryRuntime,
  recursiveRuntime,
  trappingRuntime,
  wordyRuntime,
} from "./support/bad-runtimes.ts";
import { runtimeModule } from "./support/chain.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-interpreter-"));
let start: () => Interpreter;

beforeAll(async () => {
  const outfile = join(folder, "interpreter.mjs");
  await build({ ...enclaveBundle, entryPoints: ["enclave/src/interpreter.ts"], outfile });
  ({ startInterpreter: start } = (await import(outfile)) as { startInterpreter: typeof start });
});
afterAll(() => rmSync(folder, { recursive: true }));

const metadataOf = (code: Uint8Array): Uint8Array | undefined =>
  complete(runtimeCodeOf(start).metadataOf(code));

describe("the interpreter", () => {
  it.each<[string, (good: Uint8Array) => Uint8Array]>([
    ["that is empty", () => new Uint8Array()],
    ["that is not a module", (good) => good.map((byte) => byte ^ 1)],
    ["that is cut off", (good) => good.subarray(0, -1)],
    ["whose compressed form is broken", (good) => concat(compressed, good)],
    ["that traps", trappingRuntime],
    ["that takes all memory", hungryRuntime],
    ["that calls itself without end", recursiveRuntime],
    ["that names more memory as its output than there is", boastingRuntime],
    ["whose metadata is too long", (good) => wordyRuntime(good, mostMetadata + 1)],
  ])("refuses code %s, and then runs good code", (_, bad) => {
    expect(metadataOf(bad(runtimeModule))).toBeUndefined();
    expect(metadataOf(runtimeModule)).toBeDefined();
  });

  it("runs code that returns the longest metadata", () => {
    expect(metadataOf(wordyRuntime(runtimeModule, mostMetadata))?.length).toBe(mostMetadata);
  });

  it("enclave/no-interpreter: says nothing about the code if the process has no memory for the run", () => {
    const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(() => {
      throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
    });
    const interpret = start();
    expect(() => interpret(to0x(trappingRuntime(runtimeModule)) as `0x${string}`)).toThrow(
      "enclave/no-interpreter",
    );
    grow.mockRestore();
  });

  it("imports one function of each name that passes values, so that each has one meaning", () => {
    const path = "node_modules/@polkadot-api/wasm-executor/dist/web_bg.wasm";
    const module = new WebAssembly.Module(readFileSync(path));
    const names = WebAssembly.Module.imports(module).map(({ name }) => name.replace(/_[0-9a-f]{16}$/, ""));
    for (const name of ["__wbg___wbindgen_string_get", "__wbindgen_cast", "__wbindgen_init_externref_table"])
      expect(names.filter((one) => one === name)).toEqual([name]);
  });

  it("is not worn out by hundreds of codes on which it traps itself", { timeout: 120_000 }, () => {
    for (let i = 0; i < 700; i++) expect(() => start()("0x07")).toThrow();
    expect(metadataOf(runtimeModule)).toBeDefined();
  });
});

/** 16 MiB, without the four bytes of the length. */
const mostMetadata = 16 * 1024 ** 2 - 4;
/** The prefix of compressed code. */
const compressed = Uint8Array.of(0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05);
