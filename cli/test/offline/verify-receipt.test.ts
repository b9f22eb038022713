import { to0x } from "@pruntime/core/bytes";
import { describe, expect, it, vi } from "vitest";
import { file, pruntime, vector } from "./command.ts";
import { anchor, atMs, policy, receipt } from "./reply-receipt-sample.ts";

const at = new Date(atMs).toISOString();
const verify = (given: string, ...more: readonly string[]) =>
  pruntime("verify", "receipt", given, "--at", at, ...more);
const refused = (code: string) => ({ exit: 1, json: expect.objectContaining({ ok: false, code }) });
const unusable = (code: string) => ({ exit: 2, json: expect.objectContaining({ ok: false, code }) });

describe("verify receipt", () => {
  it("reports which worker answered, and that the given policy and anchor accept the worker", async () => {
    const told = {
      ok: true,
      kind: "simulated",
      dispatched: { number: 11 },
      anchor: to0x(anchor),
      reply: { Plain: '{"answer":42}' },
    };
    expect(await verify(vector("receipt.json"))).toMatchObject({ exit: 0, json: { ...told, verdict: null } });
    const strict = ["--policy", vector("receipt-policy.json"), "--anchor", to0x(anchor)];
    expect(await verify(vector("receipt.json"), ...strict)).toMatchObject({
      exit: 0,
      json: { ...told, verdict: "accepted" },
    });
  });

  it("checks the evidence by the present time unless another time is given", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: atMs + 1000 });
    try {
      const answer = await pruntime("verify", "receipt", vector("receipt.json"));
      expect(answer).toMatchObject({
        exit: 0,
        json: { ok: true, checkedAt: new Date(atMs + 1000).toISOString() },
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it("reports why a policy does not accept the worker", async () => {
    const other = file(".json", { ...policy, simulated: { measurements: ["00".repeat(32)] } });
    const { exit, json } = await verify(vector("receipt.json"), "--policy", other);
    expect([exit, json]).toEqual([
      1,
      { ok: false, code: "client/policy-refused", reasons: [expect.stringMatching(/^measurement: /)] },
    ]);
    expect(await verify(vector("receipt.json"), "--policy", file(".json", { version: 1 }))).toEqual(
      refused("evidence/kind-not-trusted"),
    );
  });

  it("refuses a wrong anchor, a changed receipt, and JSON that is not a receipt", async () => {
    expect(await verify(vector("receipt.json"), "--anchor", `0x${"00".repeat(32)}`)).toEqual(
      refused("receipt/wrong-anchor"),
    );
    expect(await verify(file(".json", { ...receipt, nonce: "00".repeat(32) }))).toEqual(
      refused("binding/wrong-report-data"),
    );
    expect(await verify(file(".json", { ...receipt, request: "{}" }))).toEqual(
      refused("statement/wrong-request"),
    );
    expect(await verify(file(".json", "{"))).toEqual(refused("json/bad-syntax"));
  });

  it.each(["2026-12-31", "2026-02-30T00:00:00Z", "2026-12-31T23:59:59+01:00", "now"])(
    "refuses the time %s",
    async (moment) => {
      const answer = await pruntime("verify", "receipt", vector("receipt.json"), "--at", moment);
      expect(answer).toEqual(unusable("cli/bad-argument"));
    },
  );

  it("refuses files that do not exist", async () => {
    expect(await verify(vector("no-such.json"))).toEqual(unusable("cli/bad-file"));
    expect(await verify(vector("receipt.json"), "--policy", vector("no-such.json"))).toEqual(
      unusable("cli/bad-file"),
    );
    expect(await verify(vector("receipt.json"), "--anchor", "0x00")).toEqual(unusable("cli/bad-argument"));
  });
});
