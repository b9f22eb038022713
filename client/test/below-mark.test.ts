import { query } from "@pruntime/api";
import type { RawReply } from "@pruntime/client";
import { describe, expect, it } from "vitest";
import { patient } from "../src/below-mark.ts";

const reply = (code?: string): RawReply => ({
  status: code === undefined ? 200 : 503,
  body: new Uint8Array(),
  header: (name) => (name === "pruntime-code" ? code : undefined),
});

/** A worker that gives these replies in order, and then the last one for ever. */
function scene(codes: readonly (string | undefined)[]) {
  const calls: string[] = [];
  const slept: number[] = [];
  const transport = patient(
    async (action) => {
      calls.push(action.name);
      return reply(codes[Math.min(calls.length, codes.length) - 1]);
    },
    { waitMs: 5_000, pauseMs: 2_000, sleep: async (ms) => void slept.push(ms) },
  );
  return { calls, slept, transport };
}

describe("patient", () => {
  it("sends a call again until the worker has reached its mark", async () => {
    const { calls, slept, transport } = scene(["runtime/below-mark", "runtime/below-mark", undefined]);
    expect((await transport(query, new Uint8Array())).status).toBe(200);
    expect([calls, slept]).toEqual([
      ["query", "query", "query"],
      [2_000, 2_000],
    ]);
  });

  it("returns the refusal once it has waited long enough", async () => {
    const { calls, transport } = scene(["runtime/below-mark"]);
    expect((await transport(query, new Uint8Array())).status).toBe(503);
    expect(calls).toHaveLength(4);
  });

  it("does not wait for another refusal", async () => {
    const { calls, transport } = scene(["runtime/halted"]);
    await transport(query, new Uint8Array());
    expect(calls).toHaveLength(1);
  });
});
