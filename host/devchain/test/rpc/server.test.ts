import { createConnection } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import WebSocket from "ws";
import { countListeners, serve } from "./bench.ts";
import { connect, type RpcAnswer } from "./connect.ts";

const manual = { mode: { kind: "manual" } } as const;

/** The code with which a connection closes, or the HTTP status if the server refuses the upgrade. */
function ending(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on("error", () => {});
    socket.once("close", (code) => resolve(code));
    socket.once("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
  });
}

/** Whether the server accepts one more connection. */
async function admits(url: string): Promise<boolean> {
  return connect(url).then(
    ({ close }) => {
      close();
      return true;
    },
    () => false,
  );
}

describe("serveDevchain", () => {
  it("listens on 127.0.0.1", async () => {
    const { url } = await serve();
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
  });

  it("lists its methods, and only those of the API that it offers", async () => {
    const { rpc } = await serve({}, { api: "modern" });
    const { methods } = await rpc.call<{ methods: string[] }>("rpc_methods");
    expect(methods).toContain("chainHead_v1_follow");
    expect(methods.filter((name) => /^(chain|state|author|system|grandpa)_/.test(name))).toEqual([]);
    expect(await rpc.ask("chain_getHeader")).toMatchObject({ error: { code: -32601 } });
  });

  it.each([
    "{",
    "[]",
    "1",
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":1,"method":"state_getStorage","params":["0xzz"]}',
  ])("continues after %s", async (text) => {
    const { rpc } = await serve();
    expect(await rpc.raw(text)).toHaveProperty("error");
    expect(await rpc.call("system_chainType")).toBe("Development");
  });

  it("answers nonsense parameters of every method with an error or a value, and continues", async () => {
    const { rpc, chain } = await serve(manual);
    const { methods } = await rpc.call<{ methods: string[] }>("rpc_methods");
    const nonsense = [
      [],
      [{}],
      [null, null],
      ["0x"],
      [["0x", 1], {}],
      [-1],
      ["x".repeat(1000), [], [], []],
      ["0x00", "0x", "0x", "0x"],
    ];
    for (const method of methods) {
      for (const params of nonsense) {
        const answer = await rpc.ask(method, ...params);
        expect(answer.error?.code, `${method} ${JSON.stringify(params)}: ${answer.error?.data}`).not.toBe(
          -32603,
        );
      }
    }
    expect(chain.best().header.number).toBeLessThan(100);
  });

  it.each([
    "GARBAGE\r\n\r\n",
    "GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    "\0".repeat(1000),
  ])("survives %j on its port", async (bytes) => {
    const { url, rpc } = await serve();
    const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => {}).write(bytes);
    await new Promise((resolve) => socket.once("close", resolve).resume());
    expect(await rpc.call("system_chainType")).toBe("Development");
  });

  it("disconnects a client that sends text which is not UTF-8", async () => {
    const { url, rpc } = await serve();
    const { socket } = await connect(url);
    const end = ending(socket);
    socket.send(Buffer.of(0xff, 0xfe), { binary: false });
    expect(await end).toBe(1007);
    expect(await rpc.call("system_chainType")).toBe("Development");
  });

  it("disconnects a client whose message is too long", async () => {
    const { url, rpc } = await serve({}, { maxMessageBytes: 1000 });
    const { socket } = await connect(url);
    const end = ending(socket);
    socket.send("x".repeat(1001));
    expect(await end).toBe(1009);
    expect(await rpc.call("system_chainType")).toBe("Development");
  });

  it("refuses connections beyond the limit, until one ends", async () => {
    const { url, rpc } = await serve({}, { maxConnections: 2 });
    const second = await connect(url);
    expect(await ending(new WebSocket(url))).toBe(429);
    const end = ending(second.socket);
    second.socket.close();
    await end;
    await expect.poll(() => admits(url)).toBe(true);
    expect(await rpc.call("system_chainType")).toBe("Development");
  });

  it("refuses subscriptions beyond the limit, until one is closed", async () => {
    const { rpc } = await serve({}, { maxSubscriptions: 2 });
    const first = await rpc.call("chain_subscribeNewHeads");
    await rpc.call("chain_subscribeNewHeads");
    expect(await rpc.ask("chain_subscribeNewHeads")).toMatchObject({ error: { code: -32006 } });
    expect(await rpc.call("chain_unsubscribeNewHeads", first)).toBe(true);
    expect(await rpc.call("chain_unsubscribeNewHeads", first)).toBe(false);
    expect(typeof (await rpc.call("chain_subscribeNewHeads"))).toBe("string");
  });

  it("refuses a batch beyond the limit", async () => {
    const { rpc } = await serve({}, { maxBatchRequests: 2 });
    const request = { jsonrpc: "2.0", id: 1, method: "system_chainType" };
    expect(await rpc.raw(JSON.stringify([request, request]))).toHaveLength(2);
    expect(await rpc.raw(JSON.stringify([request, request, request]))).toMatchObject({
      error: { code: -32010 },
    });
  });

  it("disconnects a client that does not read", async () => {
    const { url, rpc } = await serve(manual, { maxBufferedBytes: 100_000, maxConnections: 2 });
    const { socket } = await connect(url);
    const end = ending(socket);
    socket.pause();
    const request = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "state_getMetadata" });
    for (let i = 0; i < 2000; i++) socket.send(request);
    await expect.poll(() => admits(url)).toBe(true);
    socket.resume();
    expect(await end).toBe(1006);
    expect(await rpc.call("system_chainType")).toBe("Development");
  });

  it("answers before it notifies, even within a batch", async () => {
    const { rpc } = await serve(manual);
    const order: string[] = [];
    rpc.socket.on("message", (data) =>
      order.push(...[JSON.parse(String(data)) as RpcAnswer].flat().map(({ method }) => method ?? "answer")),
    );
    const subscribe = { jsonrpc: "2.0", id: 1, method: "chain_subscribeNewHeads" };
    const block = { jsonrpc: "2.0", id: 2, method: "dev_newBlock" };
    const [{ result }] = (await rpc.raw(JSON.stringify([subscribe, block]))) as [RpcAnswer, RpcAnswer];
    await rpc.next(result);
    await rpc.next(result);
    expect(order).toEqual(["answer", "answer", "chain_newHead", "chain_newHead"]);
  });

  it("stops listening to the chain when a connection ends", async () => {
    const { url, chain } = await serve(manual);
    const listeners = countListeners(chain);
    const other = await connect(url);
    await other.call("chain_subscribeNewHeads");
    await other.call("chainHead_v1_follow", false);
    await other.call("state_subscribeStorage", ["0x00"]);
    await other.call("grandpa_subscribeJustifications");
    expect(listeners()).toBe(4);
    other.close();
    await expect.poll(listeners).toBe(0);
  });

  it("ends connections and releases the port when closed", async () => {
    const { createDevchain, serveDevchain } = await import("@pruntime/devchain");
    const chain = await createDevchain();
    onTestFinished(() => chain.close());
    const served = await serveDevchain(chain);
    const { socket, call } = await connect(served.url);
    await call("chain_subscribeNewHeads");
    const end = ending(socket);
    await served.close();
    expect(await end).toBe(1006);
    const again = await serveDevchain(chain, { port: Number(new URL(served.url).port) });
    await again.close();
  });

  it("refuses a port that is in use", async () => {
    const { url, chain } = await serve();
    const { serveDevchain } = await import("@pruntime/devchain");
    await expect(serveDevchain(chain, { port: Number(new URL(url).port) })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });
});

describe("HTTP", () => {
  async function post(url: string, body: string, type = "application/json"): Promise<Response> {
    return fetch(url.replace("ws:", "http:"), { method: "POST", body, headers: { "content-type": type } });
  }

  it("answers on the same port", async () => {
    const { url } = await serve();
    const response = await post(url, '{"jsonrpc":"2.0","id":1,"method":"system_chainType"}');
    expect(await response.json()).toEqual({ jsonrpc: "2.0", id: 1, result: "Development" });
  });

  it("has no subscriptions", async () => {
    const { url } = await serve();
    for (const method of [
      "chain_subscribeNewHeads",
      "chainHead_v1_follow",
      "author_submitAndWatchExtrinsic",
    ]) {
      const response = await post(
        url,
        JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method,
          params: [method.endsWith("follow") ? true : "0x00"],
        }),
      );
      expect(await response.json()).toMatchObject({ error: { code: -32601 } });
    }
  });

  it("refuses text other than JSON, methods other than POST, and long bodies", async () => {
    const { url } = await serve({}, { maxMessageBytes: 1000 });
    expect((await post(url, "{}", "text/plain")).status).toBe(415);
    expect((await post(url, "x".repeat(1001))).status).toBe(413);
    expect((await fetch(url.replace("ws:", "http:"))).status).toBe(405);
    expect(await (await post(url, "{")).json()).toMatchObject({ error: { code: -32700 } });
  });

  it("does not answer a notification", async () => {
    const { url } = await serve();
    expect(await (await post(url, '{"jsonrpc":"2.0","method":"system_chainType"}')).text()).toBe("");
  });
});
