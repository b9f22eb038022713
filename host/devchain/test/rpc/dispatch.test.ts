import { describe, expect, it } from "vitest";
import { Dispatcher } from "../../src/rpc/dispatch.ts";
import { RpcError } from "../../src/rpc/error.ts";
import type { Context, Method } from "../../src/rpc/method.ts";

const methods = new Map<string, Method>([
  ["echo", (params) => params.value(0)],
  ["hash", (params) => params.hash(0).length],
  ["number", (params) => params.u32(0)],
  ["hexes", (params) => params.oneOrMore(0, (value) => value).length],
  [
    "refuse",
    () => {
      throw new RpcError(4003, "no", "data");
    },
  ],
  [
    "bug",
    () => {
      throw new TypeError("x is not a function");
    },
  ],
]);
const node = { admit: () => {}, result: (_: string, genuine: unknown) => genuine ?? null };
const limits = { maxBatchRequests: 3, maxResponseLength: 200 };
const dispatcher = new Dispatcher(methods, { node } as unknown as Context, limits);

function answer(message: unknown): unknown {
  const text = dispatcher.answer(typeof message === "string" ? message : JSON.stringify(message));
  return text === undefined ? undefined : JSON.parse(text);
}

function request(method: string, ...params: unknown[]): unknown {
  return { jsonrpc: "2.0", id: 7, method, params };
}

describe("Dispatcher", () => {
  it("answers with the request's id", () => {
    expect(answer(request("echo", { a: 1 }))).toEqual({ jsonrpc: "2.0", id: 7, result: { a: 1 } });
    expect(answer({ jsonrpc: "2.0", id: "seven", method: "echo", params: [1] })).toEqual({
      jsonrpc: "2.0",
      id: "seven",
      result: 1,
    });
  });

  it("answers null if there is no result", () => {
    expect(answer(request("echo"))).toEqual({ jsonrpc: "2.0", id: 7, result: null });
    expect(answer({ jsonrpc: "2.0", id: 7, method: "echo" })).toEqual({
      jsonrpc: "2.0",
      id: 7,
      result: null,
    });
  });

  it("accepts hex with and without 0x, as nodes do", () => {
    expect(answer(request("hash", `0x${"00".repeat(32)}`))).toMatchObject({ result: 32 });
    expect(answer(request("hash", "00".repeat(32)))).toMatchObject({ result: 32 });
  });

  it.each([
    ["text that is not JSON", "{", -32700, null],
    ["nothing", "", -32700, null],
    ["JSON nested very deeply", "[".repeat(200_000), -32700, null],
    ["a number", "1", -32600, null],
    ["null", "null", -32600, null],
    ["an empty batch", "[]", -32600, null],
    ["another version", { jsonrpc: "1.0", id: 7, method: "echo" }, -32600, 7],
    ["no method", { jsonrpc: "2.0", id: 7 }, -32600, 7],
    ["a method that is not text", { jsonrpc: "2.0", id: 7, method: {} }, -32600, 7],
    ["an id that is an object", { jsonrpc: "2.0", id: {}, method: "echo" }, -32600, null],
    ["an unknown method", request("nothing"), -32601, 7],
    ["a name that objects have", request("toString"), -32601, 7],
    ["named parameters", { jsonrpc: "2.0", id: 7, method: "echo", params: {} }, -32602, 7],
    ["a missing parameter", request("hash"), -32602, 7],
    ["text that is not hex", request("hash", "0xzz"), -32602, 7],
    ["hex of odd length", request("hash", "0x0"), -32602, 7],
    ["a hash too short", request("hash", "0x00"), -32602, 7],
    ["a negative number", request("number", -1), -32602, 7],
    ["a fraction", request("number", 1.5), -32602, 7],
    ["a number too large", request("number", 2 ** 32), -32602, 7],
    ["a number as text", request("number", "1"), -32602, 7],
    ["a refusal", request("refuse"), 4003, 7],
    ["a bug", request("bug"), -32603, 7],
    ["an answer that is too long", request("echo", "x".repeat(200)), -32008, 7],
  ])("answers %s with an error", (_, message, code, id) => {
    expect(answer(message)).toMatchObject({ jsonrpc: "2.0", id, error: { code } });
  });

  it("does not answer a notification, even one that fails", () => {
    expect(answer({ jsonrpc: "2.0", method: "echo", params: [1] })).toBeUndefined();
    expect(answer({ jsonrpc: "2.0", method: "bug" })).toBeUndefined();
  });

  it("answers the requests of a batch in order and independently", () => {
    expect(answer([request("echo", 1), 1, { jsonrpc: "2.0", method: "echo" }])).toEqual([
      { jsonrpc: "2.0", id: 7, result: 1 },
      { jsonrpc: "2.0", id: null, error: { code: -32600, message: "Invalid request" } },
    ]);
    expect(answer([{ jsonrpc: "2.0", method: "echo" }])).toBeUndefined();
  });

  it("refuses a batch of too many requests", () => {
    expect(answer(Array.from({ length: 4 }, () => request("echo")))).toMatchObject({
      id: null,
      error: { code: -32010 },
    });
  });

  it("refuses a batch if its answers together are too long", () => {
    expect(answer([1, 2, 3].map(() => request("echo", "x".repeat(70))))).toMatchObject({
      id: null,
      error: { code: -32008 },
    });
  });
});
