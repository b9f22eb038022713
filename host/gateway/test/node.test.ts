import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Proxies } from "../src/access/proxies.ts";
import { bridgeLimits } from "../src/node/bridge.ts";
import { isOwnPage } from "../src/node/page-origin.ts";
import { type NodeOptions, serveNode } from "../src/node/serve-node.ts";

/** How the node of a test answers. */
interface Answers {
  /** The node does not answer. */
  readonly silent?: boolean;
  /** The fields of an answer other than its id. Default: the method as the result. */
  readonly answer?: (method: string) => object;
}

/** Starts a node that records calls and answers each of them, and a server in front of it. */
async function serve({
  silent = false,
  answer = (method) => ({ result: method }),
  ...options
}: NodeOptions & Answers = {}) {
  const calls: { id: unknown; method: string; params: unknown[] }[] = [];
  const node = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(node, "listening");
  node.on("connection", (socket) =>
    socket.on("message", (data: Buffer) => {
      const call = JSON.parse(data.toString()) as (typeof calls)[number];
      calls.push(call);
      if (!silent) socket.send(JSON.stringify({ jsonrpc: "2.0", id: call.id, ...answer(call.method) }));
    }),
  );
  const server = createServer((_request, response) => response.end("served"));
  const nodeUrl = `ws://127.0.0.1:${(node.address() as AddressInfo).port}`;
  const close = serveNode(server, new Proxies(), { nodeUrl, ...options }, (_request, socket) => socket.end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    close();
    server.close();
    server.closeAllConnections();
    for (const client of node.clients) client.terminate();
    node.close();
  });
  const open = (headers: Record<string, string> = {}, path = "/node", autoPong = true) =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      autoPong,
      headers: { origin: `http://127.0.0.1:${port}`, ...headers },
    });
  return { calls, node, port, open };
}

/** The HTTP status with which the server refuses a WebSocket; 101 if it accepts it. */
function statusOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.once("open", () => resolve(101));
    socket.once("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.once("error", () => undefined);
  });
}

/** Sends a text and returns the next message. */
async function exchange(socket: WebSocket, text: string) {
  if (socket.readyState !== WebSocket.OPEN) await once(socket, "open");
  socket.send(text);
  const [data] = (await once(socket, "message")) as [Buffer];
  return JSON.parse(data.toString()) as { id: unknown; result?: unknown; error?: { code: number } };
}

const call = (method: string, params: unknown = [], id: unknown = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("which pages reach the node", () => {
  it("refuses a foreign page, a page without origin, and a name that was pointed here", async () => {
    const { open, port } = await serve();
    const statuses = (headers: Record<string, string>) => statusOf(open(headers));
    expect(await statuses({})).toBe(101);
    expect(await statuses({ origin: "http://evil.example" })).toBe(403);
    expect(await statuses({ origin: `http://localhost:${port}` })).toBe(403);
    expect(await statuses({ origin: "null" })).toBe(403);
    const rebound = `evil.example:${port}`;
    expect(await statuses({ host: rebound, origin: `http://${rebound}` })).toBe(403);
  });

  it("accepts an allowed name, and no other path", async () => {
    const { open, port } = await serve({ allowedHosts: ["worker.example"] });
    const named = `Worker.Example:${port}`;
    expect(await statusOf(open({ host: named, origin: `https://worker.example:${port}` }))).toBe(101);
    expect(await statusOf(open({}, "/other"))).toBe(404);
  });

  it("refuses every page if the server has no node", async () => {
    const { open } = await serve({ nodeUrl: undefined });
    expect(await statusOf(open())).toBe(404);
  });

  it.each([
    [{}, false],
    [{ host: "127.0.0.1:1" }, false],
    [{ host: "[::1]:8000", origin: "http://[::1]:8000" }, true],
    [{ host: "localhost", origin: "http://localhost" }, true],
    [{ host: "localhost.evil.example", origin: "http://localhost.evil.example" }, false],
    [{ host: "127.0.0.1.evil.example", origin: "http://127.0.0.1.evil.example" }, false],
    [{ host: "127.0.0.1:1", origin: "http://127.0.0.1:2" }, false],
    [{ host: "127.0.0.1:1", origin: "file://127.0.0.1:1" }, false],
  ] as const)("knows its own pages: %j", (headers, own) => expect(isOwnPage(headers, [])).toBe(own));
});

describe("which calls reach the node", () => {
  const refused = [
    "author_insertKey",
    "author_rotateKeys",
    "author_hasKey",
    "author_removeExtrinsic",
    "system_addReservedPeer",
    "system_addLogFilter",
    "offchain_localStorageSet",
    "chainHead_unstable_follow",
    "dev_newBlock",
    "constructor",
    "",
  ];
  it.each(refused)("refuses the method %s", async (method) => {
    const { open, calls } = await serve();
    expect(await exchange(open(), call(method))).toMatchObject({ id: 1, error: { code: -32601 } });
    expect(calls).toEqual([]);
  });

  it.each([
    ["state_call", ["GrandpaApi_generate_key_ownership_proof", "0x"]],
    ["state_call", [["Core_version"], "0x"]],
    ["state_call", []],
    ["chainHead_v1_call", ["s", "0x", "SessionKeys_generate_session_keys", "0x"]],
    ["chainHead_v1_call", ["Core_version"]],
    ["archive_v1_call", ["Core_version", "Core_execute_block", "0x"]],
  ])("refuses another function of the runtime by %s %j", async (method, params) => {
    const { open, calls } = await serve();
    expect(await exchange(open(), call(method, params))).toMatchObject({ error: { code: -32601 } });
    expect(calls).toEqual([]);
  });

  it.each([
    ["not JSON", "{", -32700],
    ["a batch", `[${call("system_name")}]`, -32600],
    ["parameters by name", call("state_call", { name: "Core_version" }), -32602],
    ["no id", JSON.stringify({ method: "system_name" }), -32600],
    ["a fraction as id", call("system_name", [], 1.5), -32600],
    ["no method", JSON.stringify({ id: 1 }), -32600],
    ["deep parameters", `{"id":1,"method":"rpc_methods","params":${nested(9)}}`, -32602],
    ["very deep parameters", `{"id":1,"method":"rpc_methods","params":${nested(200_000)}}`, -32602],
  ])("refuses %s", async (_what, text, code) => {
    const { open, calls } = await serve();
    expect(await exchange(open(), text)).toMatchObject({ error: { code } });
    expect(calls).toEqual([]);
  });

  it("passes on an allowed call, without what two readers may read in different ways", async () => {
    const { open, calls } = await serve();
    const text =
      '{"id":7,"method":"author_insertKey","method":"chainHead_v1_call","params":[1,2,"Core_version"]}';
    expect(await exchange(open(), text)).toEqual({ jsonrpc: "2.0", id: 7, result: "chainHead_v1_call" });
    expect(calls).toEqual([
      { jsonrpc: "2.0", id: 7, method: "chainHead_v1_call", params: [1, 2, "Core_version"] },
    ]);
  });
});

describe("the bounds of a connection", () => {
  const limits = { ...bridgeLimits, maxCallBytes: 256, maxCalls: 2, maxOpen: 1, idleMs: 40, aliveMs: 40 };

  it("refuses calls beyond those that wait, and an id that waits", async () => {
    const { open } = await serve({ silent: true, nodeLimits: limits });
    const socket = open();
    await once(socket, "open");
    socket.send(call("system_name", [], 1));
    expect(await exchange(socket, call("system_name", [], 1))).toMatchObject({ error: { code: -32600 } });
    socket.send(call("system_name", [], 2));
    expect(await exchange(socket, call("system_name", [], 3))).toMatchObject({ error: { code: -32000 } });
  });

  it("refuses calls that exceed the bytes of those that wait, until the node has answered", async () => {
    const bytes = call("system_name").length;
    const nodeLimits = { ...limits, maxUnansweredBytes: 2 * bytes - 1 };
    const quiet = await serve({ silent: true, nodeLimits });
    const socket = quiet.open();
    await once(socket, "open");
    socket.send(call("system_name", [], 1));
    expect(await exchange(socket, call("system_name", [], 2))).toMatchObject({ error: { code: -32000 } });
    const answering = (await serve({ nodeLimits })).open();
    for (let i = 0; i < 3; i++)
      expect(await exchange(answering, call("system_name"))).toHaveProperty("result");
  });

  it("counts no subscription that the node refuses or ends", async () => {
    const error = { code: -32800, message: "no" };
    const refusing = await serve({ nodeLimits: limits, answer: () => ({ error }) });
    const refused = refusing.open();
    const follow = call("chainHead_v1_follow", [false]);
    for (let i = 0; i < 3; i++) expect(await exchange(refused, follow)).toMatchObject({ error });
    const { open, node } = await serve({ nodeLimits: limits });
    const socket = open();
    for (let i = 0; i < 3; i++) {
      expect(await exchange(socket, follow)).toMatchObject({ result: "chainHead_v1_follow" });
      const params = { subscription: "s", result: { event: "stop" } };
      for (const client of node.clients)
        client.send(JSON.stringify({ jsonrpc: "2.0", method: "chainHead_v1_followEvent", params }));
      await once(socket, "message");
    }
  });

  it("closes a connection whose page is gone, and one whose node sends too long an answer", async () => {
    const { open } = await serve({ nodeLimits: limits });
    const gone = open({}, "/node", false);
    await exchange(gone, call("chainHead_v1_follow", [false]));
    expect((await once(gone, "close"))[0]).toBe(1001);
    const answer = () => ({ result: "x".repeat(300) });
    const long = (await serve({ nodeLimits: { ...limits, maxAnswerBytes: 256 }, answer })).open();
    await once(long, "open");
    long.send(call("system_name"));
    expect((await once(long, "close"))[0]).toBe(1011);
  });

  it("refuses subscriptions beyond those that are open, until one is closed", async () => {
    const { open } = await serve({ nodeLimits: limits });
    const socket = open();
    const follow = call("chainHead_v1_follow", [false]);
    expect(await exchange(socket, follow)).toMatchObject({ result: "chainHead_v1_follow" });
    expect(await exchange(socket, follow)).toMatchObject({ error: { code: -32000 } });
    await exchange(socket, call("chainHead_v1_unfollow", ["s"]));
    expect(await exchange(socket, follow)).toMatchObject({ result: "chainHead_v1_follow" });
  });

  it("closes a connection whose message is too long, or not text", async () => {
    const { open } = await serve({ nodeLimits: limits });
    const closed = async (message: string | Buffer) => {
      const socket = open();
      await once(socket, "open");
      socket.send(message);
      return (await once(socket, "close"))[0] as number;
    };
    expect(await closed("x".repeat(257))).toBe(1009);
    expect(await closed(Buffer.from("x"))).toBe(1003);
  });

  it("closes an idle connection, but not one with a subscription", async () => {
    const { open } = await serve({ nodeLimits: limits });
    const [idle, follows] = [open(), open()];
    await exchange(follows, call("chainHead_v1_follow", [false]));
    if (idle.readyState !== WebSocket.OPEN) await once(idle, "open");
    expect((await once(idle, "close"))[0]).toBe(1001);
    expect(follows.readyState).toBe(WebSocket.OPEN);
  });

  it("closes the page's connection when the node's ends", async () => {
    const { open, node } = await serve();
    const socket = open();
    await exchange(socket, call("system_name"));
    for (const client of node.clients) client.terminate();
    expect((await once(socket, "close"))[0]).toBe(1011);
  });

  it("keeps 16 of the 512 idle connections of one network, and serves others", async () => {
    const { open, port } = await serve();
    const statuses = await Promise.all(Array.from({ length: 512 }, () => statusOf(open())));
    expect(statuses.filter((status) => status === 101)).toHaveLength(16);
    expect(statuses.filter((status) => status === 429)).toHaveLength(496);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("served");
  });
});
