import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readBytes, readStart, readText } from "../../src/terminal/file.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-file-"));
const path = join(folder, "ten");
writeFileSync(path, "0123456789");
afterAll(() => rmSync(folder, { recursive: true }));

describe("readBytes", () => {
  it("reads a file of exactly the limit", () =>
    expect(readBytes(path, 10)).toEqual(Uint8Array.from(Buffer.from("0123456789"))));

  it("cli/file-too-large: a file with one byte more", () =>
    expect(() => readBytes(path, 9)).toThrow(
      expect.objectContaining({ detail: { code: "cli/file-too-large", path, maxBytes: 9 } }),
    ));

  it("cli/file-too-large: a device that never ends", () =>
    expect(() => readBytes("/dev/zero", 3 * 1024 * 1024)).toThrow(
      expect.objectContaining({ code: "cli/file-too-large" }),
    ));

  it.each([
    ["a folder", folder],
    ["a missing file", join(folder, "none")],
  ])("cli/bad-file: %s", (_, bad) =>
    expect(() => readBytes(bad, 10)).toThrow(expect.objectContaining({ code: "cli/bad-file" })),
  );
});

describe("readText", () => {
  it("has the same limit", () => {
    expect(readText(path, 10)).toBe("0123456789");
    expect(() => readText(path, 9)).toThrow(expect.objectContaining({ code: "cli/file-too-large" }));
  });
});

describe("readStart", () => {
  it("stops after the count, also for a device that never ends", () => {
    expect(readStart(path, 3)).toEqual(Uint8Array.from(Buffer.from("012")));
    expect(readStart("/dev/zero", 1_500_000)).toHaveLength(1_500_000);
  });
});
