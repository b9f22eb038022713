import { concat } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { encodeModule, i32Const, i64Const, returns } from "../../host/devchain/src/runtime/code/wasm.ts";
import { limitMemory } from "../src/wasm-memory.ts";

const grow = concat(i32Const(3), Uint8Array.of(0x40, 0), Uint8Array.of(0xac), returns);
const module = (pages: number) =>
  encodeModule({
    functions: [{ name: "grow", body: concat(grow, i64Const(0n)) }],
    data: { offset: 0, bytes: new Uint8Array(300) },
    heapBase: 1024,
    pages,
    customSections: { name: new Uint8Array(200) },
  });

function run(bytes: Uint8Array): bigint {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>));
  return (exports["grow"] as (pointer: number, length: number) => bigint)(0, 0);
}

describe("a module with limited memory", () => {
  it.each([1, 200])("has its %i pages, and may grow to the limit but not beyond", (pages) => {
    expect(run(module(pages))).toBe(BigInt(pages));
    expect(run(limitMemory(module(pages), pages + 3))).toBe(BigInt(pages));
    expect(run(limitMemory(module(pages), pages + 2))).toBe(-1n);
  });

  it("must declare a memory", () =>
    expect(() => limitMemory(module(1).subarray(0, 8), 1)).toThrow("declares no memory"));
});
