import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DumpWriter, readDump } from "../../src/worker/dump-file.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-dump-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const id = new Uint8Array(16).fill(5);
const pages = [new Uint8Array(70_000).fill(1), new Uint8Array(), Uint8Array.of(2, 3)];
const badFile = expect.objectContaining({ code: "cli/bad-file" }) as Error;

function written(name: string): string {
  const path = join(folder, name);
  const writer = new DumpWriter(path, id);
  for (const page of pages) writer.add(page);
  writer.finish();
  return path;
}

/** A file with these bytes. */
function holding(bytes: Uint8Array): string {
  const path = join(folder, "changed");
  writeFileSync(path, bytes);
  return path;
}

describe("the file of a dump", () => {
  it("has the id and the pages that were written, and only its owner may read it", () => {
    const path = written("whole");
    const read = readDump(path);
    expect([read.id, [...read.pages]]).toEqual([id, pages]);
    expect(read.bytes).toBe(readFileSync(path).length);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path).subarray(0, 36)).toEqual(
      Buffer.concat([Buffer.from("pruntime dump 1\n"), id, Buffer.from([0x70, 0x11, 0x01, 0x00])]),
    );
  });

  it("appears when it is complete, and an earlier file stays until then", () => {
    const path = holding(Uint8Array.of(1));
    const writer = new DumpWriter(path, id);
    writer.add(pages[0]!);
    expect(readFileSync(path)).toHaveLength(1);
    writer.giveUp();
    expect(readFileSync(path)).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
    const absent = join(folder, "absent");
    new DumpWriter(absent, id).giveUp();
    expect(existsSync(absent)).toBe(false);
  });

  it("cli/bad-file: is refused if it cannot be opened, is another file, or is cut short", () => {
    expect(() => readDump(join(folder, "none"))).toThrow(badFile);
    expect(() => new DumpWriter(join(folder, "none", "x"), id)).toThrow(badFile);
    const bytes = Uint8Array.from(readFileSync(written("whole")));
    const all = (path: string) => [...readDump(path).pages];
    const ends = [0, 1, 15, 16, 31, 33, 40, bytes.length - 7, bytes.length - 1];
    for (const end of ends) expect(() => all(holding(bytes.subarray(0, end)))).toThrow(badFile);
    expect(() => all(holding(Uint8Array.of(0, ...bytes.subarray(1))))).toThrow(badFile);
  });

  it("cli/bad-file: is refused if it names a page of more than 1 MiB, which is not read", () => {
    const head = readFileSync(written("whole")).subarray(0, 32);
    const long = Buffer.concat([head, Buffer.from([0x01, 0x00, 0x10, 0x00]), Buffer.alloc(0x10_0001)]);
    expect(() => [...readDump(holding(long)).pages]).toThrow(badFile);
    const most = Buffer.concat([head, Buffer.from([0x00, 0x00, 0x10, 0x00]), Buffer.alloc(0x10_0000)]);
    expect([...readDump(holding(most)).pages]).toHaveLength(1);
  });
});
