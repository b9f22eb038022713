import { describe, expect, it } from "vitest";
import { concat, fromHex, utf8 } from "../../src/bytes/index.ts";
import { readSections, systemVersionIn, withSystemVersion } from "../../src/runtime-code/index.ts";
import { Writer } from "../../src/scale/index.ts";
import { codeOf } from "../support/code.ts";

const head = fromHex("0061736d01000000");

/** A `RuntimeVersion` with one API, and the given bytes of fields that later versions added. */
const runtimeVersion = (...later: readonly number[]): Uint8Array =>
  new Writer()
    .vecU8(utf8("spec"))
    .vecU8(utf8("impl"))
    .raw(new Uint8Array(12))
    .compact(1)
    .raw(new Uint8Array(12))
    .raw(Uint8Array.from(later))
    .finish();

const custom = (name: string, content: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(0, 1 + name.length + content.length, name.length), utf8(name), content);
const module = (version: Uint8Array): Uint8Array =>
  concat(head, custom("name", utf8("x")), custom("runtime_version", version), custom("more", utf8("y")));

describe("system versions", () => {
  it.each([
    [0, runtimeVersion()],
    [0, runtimeVersion(1, 0, 0, 0)],
    [1, runtimeVersion(1, 0, 0, 0, 1)],
    [3, runtimeVersion(1, 0, 0, 0, 3)],
  ])("%i is read from the section", (want, version) => {
    expect(systemVersionIn(readSections(module(version)))).toBe(want);
  });

  it("are undefined for modules without the section", () => {
    expect(systemVersionIn(readSections(head))).toBeUndefined();
  });

  it("are found among at most 1000 sections", () => {
    const sections = Array.from({ length: 999 }, () => custom("x", new Uint8Array()));
    const thousand = concat(...sections, custom("runtime_version", runtimeVersion(1, 0, 0, 0, 2)));
    expect(systemVersionIn(readSections(concat(head, thousand)))).toBe(2);
    const more = concat(head, custom("x", new Uint8Array()), thousand);
    expect(codeOf(() => readSections(more))).toBe("runtime-code/malformed");
  });

  it("are replaced in a copy, which is otherwise unchanged", () => {
    const before = module(runtimeVersion(1, 0, 0, 0, 2));
    expect(withSystemVersion(before, 1)).toEqual(module(runtimeVersion(1, 0, 0, 0, 1)));
    expect(before).toEqual(module(runtimeVersion(1, 0, 0, 0, 2)));
  });

  it.each([
    ["without the section", head],
    ["without the field", module(runtimeVersion(1, 0, 0, 0))],
    ["which is not WebAssembly", utf8("not wasm at all")],
    ["with half a version", module(runtimeVersion().subarray(0, 9))],
    ["with more than a version", module(runtimeVersion(1, 0, 0, 0, 2, 0))],
  ])("are not replaced in a module %s", (_, bytes) => {
    expect(codeOf(() => withSystemVersion(bytes, 1))).toBe("runtime-code/malformed");
  });
});
