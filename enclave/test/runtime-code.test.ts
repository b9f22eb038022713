/**
 * Tests the code that the enclave passes to the interpreter of runtimes, and how the enclave reads the
 * answer.
 */
import { from0x, to0x, utf8 } from "@pruntime/core/bytes";
import { readSections, systemVersionIn } from "@pruntime/core/runtime-code";
import { encode } from "@pruntime/core/scale";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { complete } from "@pruntime/core/work";
import { describe, expect, it } from "vitest";
import { manualChain } from "../../host/devchain/test/support/chain.ts";
import { EnclaveError } from "../src/error.ts";
import { runtimeCodeOf } from "../src/runtime-code.ts";

const opaque = to0x(encode(utf8("metadata"), (w, bytes) => w.vecU8(bytes)));

async function codeWith(systemVersion: number): Promise<Uint8Array> {
  const chain = await manualChain({ systemVersions: [systemVersion] });
  return chain.stateOf(chain.genesis).get(wellKnownKeys.code)!;
}

/** The `system_version` that the interpreter sees. */
function seenOf(code: Uint8Array): number | undefined {
  let seen: number | undefined;
  const started = runtimeCodeOf(() => (given) => {
    seen = systemVersionIn(readSections(from0x(given)));
    return opaque;
  });
  complete(started.metadataOf(code));
  return seen;
}

describe("the interpreter", () => {
  it.each([
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 4],
  ])("is given code with system version %i as version %i", async (version, seen) => {
    expect(seenOf(await codeWith(version))).toBe(seen);
  });

  it("gives the metadata", () => {
    expect(complete(runtimeCodeOf(() => () => opaque).metadataOf(utf8("any")))).toEqual(utf8("metadata"));
  });

  it.each([
    ["a string", "trap"],
    ["an error", new Error("trap")],
    ["an error of the engine", new WebAssembly.RuntimeError("unreachable")],
    ["an exhausted stack", new RangeError("Maximum call stack size exceeded")],
    ["an error of another class", new TypeError("undefined is not a function")],
    ["nothing", undefined],
  ])("gives no metadata after a run that throws %s", (_, error) => {
    const code = runtimeCodeOf(() => () => {
      throw error;
    });
    expect(complete(code.metadataOf(utf8("any")))).toBeUndefined();
  });

  it.each([
    ["has spare bytes", `${opaque}00`],
    ["is cut off", opaque.slice(0, -2)],
    ["is not hex", "metadata"],
    ["is not a string", undefined],
  ])("gives no metadata if its output %s", (_, output) => {
    expect(complete(runtimeCodeOf(() => () => output).metadataOf(utf8("any")))).toBeUndefined();
  });

  it("is started once for each code", () => {
    let started = 0;
    const code = runtimeCodeOf(() => {
      started++;
      return () => opaque;
    });
    for (const name of ["one", "two"]) complete(code.metadataOf(utf8(name)));
    expect(started).toBe(2);
  });

  it("enclave/no-interpreter: says nothing about the code if it cannot be started", () => {
    const code = runtimeCodeOf(() => {
      throw new EnclaveError({ code: "enclave/no-interpreter" });
    });
    expect(() => complete(code.metadataOf(utf8("any")))).toThrow("enclave/no-interpreter");
  });

  it("enclave/no-interpreter: says nothing about the code if its run lacks memory", () => {
    const code = runtimeCodeOf(() => () => {
      throw new EnclaveError({ code: "enclave/no-interpreter" });
    });
    expect(() => complete(code.metadataOf(utf8("any")))).toThrow("enclave/no-interpreter");
  });
});
