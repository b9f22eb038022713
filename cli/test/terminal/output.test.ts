import { ClientError } from "@pruntime/client";
import { ProtocolError } from "@pruntime/core/errors";
import { LockError } from "@pruntime/folder-lock";
import { afterEach, describe, expect, it, vi } from "vitest";
import { printResult, runAction } from "../../src/terminal/output.ts";

/** Runs an action that throws, and returns what is printed and the exit code. */
async function printed(
  error: ProtocolError<{ readonly code: string }>,
  json = false,
): Promise<{ readonly text: string; readonly exit: unknown }> {
  const lines: string[] = [];
  const keep = (chunk: unknown): boolean => lines.push(String(chunk)) > 0;
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
  await runAction({ json }, async () => {
    throw error;
  });
  return { text: lines.join(""), exit: process.exitCode };
}

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe("what commands print", () => {
  it("names the process that has a data directory open", async () => {
    const held = new LockError({ code: "lock/held", folder: "here/chain", holder: "process 7 on east" });
    expect(await printed(held)).toMatchObject({
      exit: 1,
      text: expect.stringContaining("here/chain is in use by process 7 on east. End that process"),
    });
  });

  it("reports that a worker has executed no block, and not that its answer is old", async () => {
    const { text } = await printed(
      new ClientError({ code: "client/stale", chainTimeMs: 0n, maxAgeMs: 120_000 }),
    );
    expect(text).toContain("has executed no block yet");
  });

  it("is the code and the facts, for an error without a sentence", async () => {
    class OtherError extends ProtocolError<{ readonly code: "other/thing"; readonly at: number }> {}
    expect((await printed(new OtherError({ code: "other/thing", at: 3 }))).text).toBe(
      "error: other/thing (at 3) [other/thing]\n",
    );
  });

  it("is the code's sentence and the facts, for errors of the command and of the worker", async () => {
    class ThisError extends ProtocolError<{ readonly code: "trie/root-missing"; readonly root: string }> {}
    const own = await printed(new ThisError({ code: "trie/root-missing", root: "0x00" }));
    expect(own.text).toMatch(/^error: [A-Z].{20,} \(root 0x00\) \[trie\/root-missing\]\n$/);
    const refused = {
      code: "client/refused",
      status: 409,
      reason: "dispatch/gap",
      message: "dispatch/gap: want 3, have 5",
    } as const;
    const { text } = await printed(new ClientError(refused));
    expect(text).toMatch(
      /^error: the worker refused: [A-Z].{20,} \(want 3, have 5\) \(HTTP 409\) \[dispatch\/gap\]\n$/,
    );
    const words = await printed(
      new ClientError({ ...refused, reason: "elsewhere/new", message: "not today" }),
    );
    expect(words.text).toContain("the worker refused: not today (HTTP 409)");
  });

  it("is one JSON object with --json, also for errors", async () => {
    const { text } = await printed(new ClientError({ code: "client/bad-envelope" }), true);
    expect(JSON.parse(text)).toMatchObject({ ok: false, code: "client/bad-envelope" });
  });

  it("ends with 1 when the result is a refusal", () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    printResult({ json: true }, { receipt: "BadCommand" }, "", false);
    expect([process.exitCode, write.mock.calls[0]?.[0]]).toEqual([
      1,
      '{"ok":false,"receipt":"BadCommand"}\n',
    ]);
  });
});
