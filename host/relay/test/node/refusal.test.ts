import { describe, expect, it } from "vitest";
import { refusalOf } from "../../src/node/refusal.ts";

describe("refusalOf", () => {
  it.each([
    [{ code: -32029, message: "Too many requests" }, "relay/rate-limited"],
    [{ code: 429, message: "" }, "relay/rate-limited"],
    [{ code: -32005, message: "daily request count exceeded" }, "relay/rate-limited"],
    [{ code: -32000, message: "You have hit the rate limit" }, "relay/rate-limited"],
    [{ code: -32000, message: "HTTP 429" }, "relay/rate-limited"],
    [
      { code: -32008, message: "Response is too big", data: "Exceeded max limit of 15728640" },
      "relay/answer-too-large",
    ],
    [{ code: -32011, message: "The batch response was too large" }, "relay/answer-too-large"],
    [{ code: -32000, message: "response too large" }, "relay/answer-too-large"],
    [
      { code: 4003, message: "Client error: UnknownBlock: State already discarded for 0x01" },
      "relay/state-discarded",
    ],
    [
      { code: -32000, message: "Client error", data: "State already discarded for 0x01" },
      "relay/state-discarded",
    ],
    [{ code: -32601, message: "Method not found" }, "relay/node-refused"],
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

  it("keeps at most 200 characters of a reason", () => {
    expect(refusalOf("m", { message: "x".repeat(5_000) })).toMatchObject({ reason: "x".repeat(200) });
  });
});
