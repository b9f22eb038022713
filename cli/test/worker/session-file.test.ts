/** The file of `--session`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { StoredSession } from "@pruntime/client";
import { canonicalJson } from "@pruntime/core/json";
import { afterAll, describe, expect, it, vi } from "vitest";
import { codeOf } from "../../../trusted/core/test/support/code.ts";
import { keepingSession, readSession, writeSession } from "../../src/worker/session-file.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-session-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newPath = (): string => join(mkdtempSync(join(folder, "own-")), "session.json");

const session = (number: number): StoredSession => ({
  anchor: "01".repeat(32),
  block: { hash: "02".repeat(32), number },
  chainTimeMs: "1700000000000",
  ecdhPublicKey: "04".repeat(65),
  genesisHash: "03".repeat(32),
});

describe("the file of --session", () => {
  it("is absent at first, and then one line of canonical JSON that only this user can read", () => {
    const path = newPath();
    expect(readSession(path)).toBeUndefined();
    writeSession(path, session(7));
    expect(readFileSync(path, "utf8")).toBe(`${canonicalJson({ ...session(7) })}\n`);
    expect(readSession(path)).toEqual(session(7));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is replaced by a new file that is private too, and leaves no other file", () => {
    const path = newPath();
    writeFileSync(path, `${canonicalJson({ ...session(7) })}\n`, { mode: 0o644 });
    const { ino } = statSync(path);
    writeSession(path, session(8));
    expect(readSession(path)).toEqual(session(8));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).ino).not.toBe(ino);
    expect(readdirSync(dirname(path))).toEqual(["session.json"]);
  });

  it("keeps a higher block, which another command has stored meanwhile", () => {
    const path = newPath();
    writeSession(path, session(8));
    writeSession(path, session(7));
    expect(readSession(path)).toEqual(session(8));
  });

  it("is stored after a command, even if the command fails", async () => {
    const [path, client] = [newPath(), { session: session(7) }];
    expect(await keepingSession(path, client, async () => "done")).toBe("done");
    expect(readSession(path)).toEqual(session(7));
    client.session = session(8);
    const failing = keepingSession(path, client, () => Promise.reject(new Error("the command failed")));
    await expect(failing).rejects.toThrow("the command failed");
    expect(readSession(path)).toEqual(session(8));
    expect(await keepingSession(undefined, client, async () => "no file")).toBe("no file");
  });

  it("does not hide the command's own error if it cannot be stored", async () => {
    const notes = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      const [path, client] = [join(folder, "none", "session"), { session: session(1) }];
      const failing = keepingSession(path, client, () => Promise.reject(new Error("the command failed")));
      await expect(failing).rejects.toThrow("the command failed");
      expect(notes).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("the session was not stored"));
      const working = keepingSession(path, client, async () => "done");
      await expect(working).rejects.toMatchObject({ code: "cli/bad-file" });
    } finally {
      notes.mockRestore();
    }
  });

  it("cli/file-too-large: is not read beyond its limit", () => {
    const path = newPath();
    writeFileSync(path, " ".repeat(16 * 1024 + 1));
    expect(codeOf(() => readSession(path))).toBe("cli/file-too-large");
  });

  it("cli/bad-file: cannot be written into a folder that does not exist", () => {
    expect(codeOf(() => writeSession(join(folder, "none", "session"), session(1)))).toBe("cli/bad-file");
  });

  it.each([
    ["json/unknown-key", { ...session(1), more: 1 }],
    ["json/missing-key", { ...session(1), anchor: undefined }],
    ["json/out-of-range", { ...session(1), chainTimeMs: "-1" }],
    ["json/out-of-range", { ...session(1), genesisHash: "0x" }],
  ])("%s: refuses another content", (code, content) => {
    const path = newPath();
    writeFileSync(path, JSON.stringify(content));
    expect(codeOf(() => readSession(path))).toBe(code);
  });
});
