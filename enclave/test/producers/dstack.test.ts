import { join } from "node:path";
import { utf8 } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { dstack, dstackKey } from "../../src/producers/dstack.ts";
import { laterDetailOf } from "../support/detail.ts";
import { fakeAgent, temporaryFolder } from "../support/fake-hardware.ts";
import { sgxQuote, tdxQuote } from "../support/fake-quotes.ts";
import { recordedQuote } from "../support/recorded-quotes.ts";

const reportData = Uint8Array.from({ length: 64 }, (_, i) => i + 1);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const answered = (quote: Uint8Array, eventLog = "[]"): object => ({
  quote: hex(quote),
  event_log: eventLog,
  report_data: "",
  vm_config: "{}",
});

describe("dstack", () => {
  it("sends all 64 bytes in hex, and returns the quote and the event log", async () => {
    const { socket, asked } = await fakeAgent(() => answered(tdxQuote(reportData), '[{"imr":3}]'));
    const producer = dstack(socket);
    expect(producer.provider).toBe("dstack");
    expect(await producer.quote(reportData)).toEqual({
      kind: "dstack",
      quote: tdxQuote(reportData),
      eventLog: utf8('[{"imr":3}]'),
    });
    expect(asked).toEqual([{ method: "POST /GetQuote", body: { report_data: hex(reportData) } }]);
  });

  it.each<readonly [string, string, Parameters<typeof fakeAgent>[0]]>([
    ["quote/unknown-format", "from SGX", () => answered(sgxQuote(reportData))],
    ["quote/unknown-format", "that is not hex", () => ({ ...answered(tdxQuote(reportData)), quote: "0xzz" })],
    ["quote/unknown-format", "that is missing", () => ({ event_log: "[]" })],
    ["quote/unknown-format", "without a log", () => ({ quote: hex(tdxQuote(reportData)) })],
    [
      "quote/unknown-format",
      "with a log that is not text",
      () => ({ ...answered(tdxQuote(reportData)), event_log: [] }),
    ],
    ["quote/unknown-format", "that is too long", () => answered(new Uint8Array(16 * 1024 + 1))],
    [
      "quote/unknown-format",
      "with a log that is too long",
      () => answered(tdxQuote(reportData), " ".repeat((1 << 20) + 1)),
    ],
    ["quote/unknown-format", "that is not JSON", () => "quote"],
    [
      "quote/wrong-report-data",
      "over the hex text instead of its bytes",
      () => answered(tdxQuote(utf8(hex(reportData).slice(0, 64)))),
    ],
    ["quote/unavailable", "that is refused", () => 500],
    ["quote/unavailable", "that is cut off", () => undefined],
    ["quote/too-large", "in an oversized answer", () => `"${"x".repeat(3 << 20)}"`],
  ])("%s: a quote %s", async (code, _, answer) => {
    const { socket } = await fakeAgent(answer);
    expect(await laterDetailOf(dstack(socket).quote(reportData))).toMatchObject({ code, provider: "dstack" });
  });

  it("quote/unavailable: fails without an agent", async () => {
    const socket = join(temporaryFolder(), "dstack.sock");
    expect(await laterDetailOf(dstack(socket).quote(reportData))).toMatchObject({
      code: "quote/unavailable",
      reason: "ENOENT",
    });
  });
});

describe("dstackKey", () => {
  it("asks for the application's own key for sealing", async () => {
    const { socket, asked } = await fakeAgent(() => ({ key: "5a".repeat(32), signature_chain: [] }));
    expect(await dstackKey(socket)).toEqual(new Uint8Array(32).fill(0x5a));
    expect(asked).toEqual([
      { method: "POST /GetKey", body: { path: "pruntime/sealing", purpose: "sealing" } },
    ]);
  });

  it.each([
    ["quote/unavailable", "that is too short", { key: "5a".repeat(31) }],
    ["quote/unavailable", "of zeros", { key: "00".repeat(32) }],
    ["quote/unknown-format", "that is not hex", { key: "5" }],
    ["quote/unknown-format", "that is missing", {}],
  ])("%s: a key %s", async (code, _, said) => {
    const { socket } = await fakeAgent(() => said);
    expect(await laterDetailOf(dstackKey(socket))).toMatchObject({ code });
  });
});

describe("dstack's recorded quote", () =>
  recorded("is accepted with its event log", async ({ files }) => {
    const { quote, reportData: data } = recordedQuote(files, "tdx-dstack-quote-report");
    const eventLog = JSON.stringify(files.json("attestation/eventlog/dstack-quote-report.json").event_log);
    const { socket } = await fakeAgent(() => answered(quote, eventLog));
    expect(await dstack(socket).quote(data)).toEqual({ kind: "dstack", quote, eventLog: utf8(eventLog) });
  }));
