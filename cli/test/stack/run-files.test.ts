import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { announce, namedProcesses } from "../../src/stack/run-files.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "pruntime-run-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const addresses = [{ what: "worker", url: "http://127.0.0.1:1" }];
const announcement = JSON.stringify({ command: "worker", since: "then", addresses });

/** Writes the file of a process that did not write it itself. */
function forge(pid: number, text = announcement): string {
  const path = join(dataDir, "run", `${pid}.json`);
  mkdirSync(join(dataDir, "run"), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function sleeper(): ChildProcess {
  const child = spawn("sleep", ["60"]);
  onTestFinished(() => void child.kill());
  return child;
}

describe.skipIf(process.platform !== "linux")("a process that the data folder names", () => {
  it("runs from its announcement to its withdrawal", () => {
    const withdraw = announce(dataDir, "worker", addresses);
    expect(namedProcesses(dataDir)).toMatchObject([
      { pid: process.pid, command: "worker", addresses, state: "runs" },
    ]);
    withdraw();
    expect(namedProcesses(dataDir)).toEqual([]);
  });

  it("is another one if it does not have the file open", () => {
    forge(sleeper().pid!);
    expect(namedProcesses(dataDir)).toMatchObject([{ state: "other" }]);
  });

  it("is another one if the file was replaced", () => {
    announce(dataDir, "worker", addresses);
    const path = join(dataDir, "run", `${process.pid}.json`);
    rmSync(path);
    writeFileSync(path, announcement);
    expect(namedProcesses(dataDir)).toMatchObject([{ state: "other" }]);
  });

  it("has ended if there is no such process", () => {
    forge(2 ** 30);
    expect(namedProcesses(dataDir)).toMatchObject([{ pid: 2 ** 30, state: "ended" }]);
  });

  it("replaces what an earlier process with its id has left", () => {
    const path = forge(process.pid, "left");
    announce(dataDir, "worker", addresses)();
    expect(existsSync(path)).toBe(false);
  });
});

it("a folder without processes names none, and other files name none", () => {
  expect(namedProcesses(dataDir)).toEqual([]);
  forge(0);
  writeFileSync(join(dataDir, "run", "notes.txt"), "1");
  expect(namedProcesses(dataDir)).toEqual([]);
});

it.each(["", "{}", '{"command":"up"}'])("cli/bad-file: %j", (text) => {
  forge(1, text);
  expect(() => namedProcesses(dataDir)).toThrow("cli/bad-file");
});
