import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { refusalOf, retryAfterMs } from "../../src/node/refusal.ts";

describe("refusalOf", () => {
  it.each([
    [{ code: -32029, message: "Too many requests" }, "relay/rate-limited"],
    [{ code: 429, message: "" }, "relay/rate-limited"],
    [{ code: -32005, message: "daily request count exceeded" }, "relay/rate-limited"],
    [{ code: -32000, message: "You have hit the rate limit" }, "relay/rate-limited"],
    [{ code: -32000, message: "HTTP 429" }, "relay/rate-limited"],
    [
      { code: -32008, message: "Response is too big", data: "Exceeded max limit of 15728640" },
      "relay/node-response-limit",
    ],
    [{ code: -32011, message: "The batch response was too large" }, "relay/node-response-limit"],
    [{ code: -32000, message: "response too large" }, "relay/node-response-limit"],
    [
      { code: -32007, message: "Request is too big", data: "Exceeded max limit of 15728640" },
      "relay/node-request-limit",
    ],
    [{ code: -32010, message: "The batch request was too large" }, "relay/node-request-limit"],
    [{ code: -32000, message: "request too big" }, "relay/node-request-limit"],
    [
      { code: 4003, message: "Client error: UnknownBlock: State already discarded for 0x01" },
      "relay/state-discarded",
    ],
    [
      { code: -32000, message: "Client error", data: "State already discarded for 0x01" },
      "relay/state-discarded",
    ],
    [{ code: -32601, message: "Method not found" }, "relay/method-not-found"],
    [{ code: -32601, message: "RPC call is unsafe to be called externally" }, "relay/method-not-found"],
    [{ code: -32603, message: "Internal error", data: { cause: "too many requests" } }, "relay/rate-limited"],
    [
      { code: 4, message: "GRANDPA prove finality rpc failed: Block not covered by authority set changes" },
      "relay/node-refused",
    ],
    [{ code: 4003, message: "UnknownBlock: Header was not found in the database" }, "relay/node-refused"],
    [{}, "relay/node-refused"],
    [{ code: "x", message: 7 }, "relay/node-refused"],
  ])("reads %j as %s", (error, code) => {
    expect(refusalOf("m", error)).toMatchObject({ code, method: "m" });
  });

  it.each([
    [{ code: -32029, message: "", data: { rate: { backoff_seconds: 30 } } }, 30_000],
    [{ code: -32029, message: "", data: { retry_after: 1.5 } }, 1_500],
    [{ code: -32029, message: "", data: { retryAfter: 2 } }, 2_000],
    [{ code: -32029, message: "", data: { retry_after: 86_400 } }, 60_000],
    [{ code: -32029, message: "", data: { retry_after: -1 } }, 0],
    [{ code: -32029, message: "", data: { retry_after: "soon" } }, undefined],
    [{ code: -32029, message: "", data: { rate: { rate: { backoff_seconds: 1 } } } }, undefined],
    [{ code: -32029, message: "", data: "later" }, undefined],
    [{ code: -32029, message: "", data: null }, undefined],
  ])("reads from %j the wait that the node asks for: %d", (error, afterMs) => {
    const detail = refusalOf("m", error);
    expect("afterMs" in detail ? detail.afterMs : undefined).toBe(afterMs);
  });

  it("shows an error's data, whether it is text or an object", () => {
    expect(refusalOf("m", { message: "Invalid params", data: "No more params" })).toMatchObject({
      reason: "Invalid params: No more params",
    });
    expect(refusalOf("m", { message: "Custom error", data: { cause: 7 } })).toMatchObject({
      reason: 'Custom error: {"cause":7}',
    });
  });

  it("survives data nested as deeply as a message can hold", () => {
    const depth = 200_000;
    const data = JSON.parse(`${'{"rate":'.repeat(depth)}1${"}".repeat(depth)}`) as unknown;
    expect(refusalOf("m", { code: -32029, message: "", data })).toMatchObject({ code: "relay/rate-limited" });
  });

  it.each([
    ["7", 7_000],
    [" 7 ", 7_000],
    ["999999999", 60_000],
    ["", undefined],
    ["-7", undefined],
    ["1e3", undefined],
    ["Wed, 21 Oct 2015 07:28:00 GMT", undefined],
    [undefined, undefined],
  ])("reads Retry-After %j as %d ms", (header, ms) => {
    expect(retryAfterMs(header)).toBe(ms);
  });

  it("cuts a long reason to 200 characters", () => {
    expect(refusalOf("m", { message: "x".repeat(5_000) })).toMatchObject({ reason: "x".repeat(200) });
  });
});

/** The errors that a real node returned, each named after the mistake in its request. */
describe("recorded errors", () => {
  recorded.for([
    ["unknown method", "relay/method-not-found"],
    ["future finality", "relay/node-refused"],
    ["bad params", "relay/node-refused"],
    ["bad tx", "relay/node-refused"],
    ["unknown block", "relay/node-refused"],
  ] as const)("%s is %s", ([name, code], { files }) => {
    const answers = files.json("live-node/answers.json") as Readonly<Record<string, object>>;
    const detail = refusalOf("m", answers[name] ?? {});
    expect(detail.code).toBe(code);
    if ("reason" in detail) expect(detail.reason).not.toBe("");
  });
});
