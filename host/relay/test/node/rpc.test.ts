/** Tests connections to nodes. The answers imitate those of real nodes, and of proxies in front of nodes. */
import type { ServerResponse } from "node:http";
import { connectNode, type NodeConnection } from "@pruntime/relay";
import { describe, expect, it } from "vitest";
import { chainOf, closeLater, serve } from "../support/scene.ts";
import { type Asked, scriptedHttp, scriptedNode } from "../support/scripted-node.ts";

async function connected(url: string, options = {}): Promise<NodeConnection> {
  const connection = await connectNode(url, options);
  closeLater(() => connection.close());
  return connection;
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (result) => result,
    (error: { readonly detail?: unknown }) => error.detail,
  );

describe("an error whose id is null", () => {
  it("fails all pending requests at once, and the connection stays open", async () => {
    const url = await scriptedNode(({ id, method }) => {
      if (method === "kept") return [];
      if (method === "refused")
        return [{ jsonrpc: "2.0", id: null, error: { code: -32029, message: "Too many requests" } }];
      return [{ jsonrpc: "2.0", id, result: method }];
    });
    const node = await connected(url);
    const kept = codeOf(node.request("kept"));
    const refused = codeOf(node.request("refused"));
    expect(await kept).toMatchObject({ code: "relay/rate-limited", method: "kept" });
    expect(await refused).toMatchObject({ code: "relay/rate-limited", method: "refused" });
    expect(await node.request("later")).toBe("later");
  });

  it("is a refusal even without an error object", async () => {
    const node = await connected(await scriptedNode(() => [{ jsonrpc: "2.0", id: null }]));
    expect(await codeOf(node.request("m"))).toMatchObject({ code: "relay/node-refused", method: "m" });
  });
});

describe("invalid messages", () => {
  it.each([
    ["text that is not JSON", "{"],
    ["null", "null"],
    ["a number", "7"],
  ])("%s ends the connection, and pending requests fail: relay/node-unreachable", async (_, message) => {
    const node = await connected(await scriptedNode(() => [message]));
    expect(await codeOf(node.request("m"))).toMatchObject({ code: "relay/node-unreachable" });
    await node.closed;
  });

  it.each([
    ["a subscription's message without parameters", { method: "x" }],
    ["a subscription with an object as its id", { params: { subscription: { toString: 1 } } }],
    ["an answer to an unknown request", { id: 7_000, result: 1 }],
    ["an id of another type", { id: { toString: 1 }, result: 1 }],
  ])("%s is ignored", async (_, message) => {
    const node = await connected(await scriptedNode(({ id }) => [message, { id, result: "answer" }]));
    expect(await node.request("m")).toBe("answer");
  });

  it("relay/bad-answer: a subscription's id that is neither text nor a number", async () => {
    const node = await connected(await scriptedNode(({ id }) => [{ id, result: { toString: 1 } }]));
    expect(await codeOf(node.subscribe("s", () => undefined))).toMatchObject({ code: "relay/bad-answer" });
  });

  it("a listener that cannot read a message ends the connection, not the process", async () => {
    const url = await scriptedNode(({ id }) => [
      { id, result: "s1" },
      { method: "told", params: { subscription: "s1", result: 1 } },
      { method: "told", params: { subscription: "s1", result: 2 } },
    ]);
    const node = await connected(url);
    await node.subscribe("s", (result) => {
      if (result === 2) throw new TypeError("not a justification");
    });
    await node.closed;
  });
});

describe("connections over HTTP", () => {
  it("answer as over a WebSocket, except subscriptions: relay/method-not-found", async () => {
    const chain = await chainOf();
    const { url } = await serve(chain);
    const [socket, http] = [await connected(url), await connected(url.replace("ws:", "http:"))];
    expect(await http.request("system_chain")).toBe(await socket.request("system_chain"));
    expect(await codeOf(http.request("no_such"))).toEqual(await codeOf(socket.request("no_such")));
    expect(await codeOf(http.request("chain_getBlockHash", "x"))).toEqual(
      await codeOf(socket.request("chain_getBlockHash", "x")),
    );
    expect(await codeOf(http.subscribe("chain_subscribeFinalizedHeads", () => undefined))).toEqual({
      code: "relay/method-not-found",
      method: "chain_subscribeFinalizedHeads",
    });
  });

  const answered =
    (status: number, body: unknown, headers = {}) =>
    (asked: Asked | undefined, response: ServerResponse): void => {
      const text =
        typeof body === "string"
          ? body
          : JSON.stringify({ jsonrpc: "2.0", id: asked?.id, ...(body as object) });
      response.writeHead(status, headers).end(text);
    };

  it.each([
    [
      "429 with Retry-After",
      answered(429, "", { "retry-after": "7" }),
      { code: "relay/rate-limited", afterMs: 7_000 },
    ],
    ["429 without it", answered(429, "slow down"), { code: "relay/rate-limited", reason: "HTTP 429" }],
    [
      "a JSON-RPC error",
      answered(200, { error: { code: -32029, message: "Too many requests" } }),
      { code: "relay/rate-limited", reason: "Too many requests" },
    ],
    [
      "a JSON-RPC error with status 400",
      answered(400, { error: { code: -32602, message: "Invalid params", data: "x" } }),
      { code: "relay/node-refused", reason: "Invalid params: x" },
    ],
    [
      "a JSON-RPC error with id null",
      answered(200, { id: null, error: { code: -32700, message: "Parse error" } }),
      { code: "relay/node-refused", reason: "Parse error" },
    ],
    ["503", answered(503, "busy"), { code: "relay/node-unreachable", reason: "HTTP 503" }],
    ["403", answered(403, "no key"), { code: "relay/node-refused", reason: "HTTP 403" }],
    ["text that is not JSON", answered(200, "<html>"), { code: "relay/bad-answer" }],
    ["the answer to another request", answered(200, { id: 99, result: 1 }), { code: "relay/bad-answer" }],
    [
      "a redirection",
      answered(307, "", { location: "http://127.0.0.1:9/" }),
      { code: "relay/node-unreachable" },
    ],
    ["more than the limit", answered(200, { result: "x".repeat(2_000) }), { code: "relay/answer-too-large" }],
  ] as const)("read %s", async (_, answer, detail) => {
    const node = await connected(await scriptedHttp(answer), { maxMessageBytes: 1_000 });
    expect(await codeOf(node.request("m"))).toMatchObject(detail);
  });

  it("fail after the time-out, and when they are closed", async () => {
    const url = await scriptedHttp(() => undefined);
    const late = await connected(url, { timeoutMs: 50 });
    expect(await codeOf(late.request("m"))).toEqual({ code: "relay/node-timeout", method: "m" });
    const closing = await connected(url);
    const waiting = codeOf(closing.request("m"));
    closing.close();
    expect(await waiting).toMatchObject({ code: "relay/node-unreachable" });
    await closing.closed;
  });
});

it("relay/rate-limited: a WebSocket refused with 429, with the wait that the server asks for", async () => {
  const url = await scriptedHttp(() => undefined);
  expect(await codeOf(connectNode(url.replace("http:", "ws:")))).toEqual({
    code: "relay/rate-limited",
    method: "handshake",
    reason: "HTTP 429",
    afterMs: 3_000,
  });
});
