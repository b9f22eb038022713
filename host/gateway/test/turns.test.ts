import { createServer, type ServerOptions } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { guardConnections } from "../src/access/connections.ts";
import { networksOf } from "../src/access/network.ts";
import { Proxies, type ProxyOptions } from "../src/access/proxies.ts";
import { Turns } from "../src/access/turns.ts";
import { RecentUse } from "../src/shares/recent-use.ts";

/** Turns that the test takes one at a time. */
function byHand() {
  const use = new RecentUse({ now: () => 0, secret: "a fixed secret" });
  const planned: (() => void)[] = [];
  let inTurn = false;
  const turns = new Turns(use, (run) => void planned.push(run));
  /** Runs what was planned for the next turn of the event loop; `false` if nothing was. */
  const turn = (): boolean => {
    const run = planned.shift();
    inTurn = true;
    run?.();
    inTurn = false;
    return run !== undefined;
  };
  return { turns, turn, isTurn: () => inTurn, use };
}

describe("Turns", () => {
  const setUp = () => {
    const { turns, turn, use } = byHand();
    const ran: string[] = [];
    const wait = (name: string) =>
      turns.wait(turns.principalsOf([name.slice(0, 1)]), () => {
        ran.push(name);
      });
    const useOf = (network: string) => use.of(use.principal(network));
    return { turns, turn, ran, wait, useOf };
  };

  it("runs one piece of work in each turn of the event loop, and a newcomer's after one other", () => {
    const { turn, ran, wait } = setUp();
    for (const name of ["a1", "a2", "a3", "a4"]) wait(name);
    turn();
    wait("b1");
    expect(ran).toEqual(["a1"]);
    while (turn());
    expect(ran).toEqual(["a1", "b1", "a2", "a3", "a4"]);
  });

  it("charges the caller one millisecond in the table of uses", () => {
    const { turn, wait, useOf } = setUp();
    wait("a1");
    while (turn());
    expect([useOf("a"), useOf("b")]).toEqual([1, 0]);
  });

  it("starts again after it had nothing to do, and runs nothing that was withdrawn", () => {
    const { turn, ran, wait } = setUp();
    wait("a1")();
    expect([turn(), turn(), ran]).toEqual([true, false, []]);
    wait("b1");
    while (turn());
    expect(ran).toEqual(["b1"]);
  });

  it("accepts up to 16 connections before a turn, but no more", () => {
    const { turns, turn, ran, wait } = setUp();
    for (const name of ["a1", "a2"]) wait(name);
    const accepts = (wanted: number) => {
      let count = 0;
      while (ran.length < wanted) {
        turns.accepted();
        count++;
        turn();
      }
      return count;
    };
    expect([accepts(1), accepts(2)]).toEqual([16, 16]);
  });
});

/** A server whose connections are read only when the test takes turns. */
async function serve(proxyOptions?: ProxyOptions, timeouts: ServerOptions = {}) {
  const { turns, turn, isTurn } = byHand();
  const proxies = new Proxies(proxyOptions);
  const seen: string[] = [];
  const answers: (() => void)[] = [];
  const accepted: Socket[] = [];
  /** Whether each refusal happened in a turn. */
  const refused: boolean[] = [];
  const server = createServer(timeouts, (request, response) => {
    seen.push(`${networksOf(proxies.clientOf(request).address).join()}${request.url}`);
    answers.push(() => response.end("done"));
  });
  server.on("clientError", (_, socket) => {
    refused.push(isTurn());
    socket.destroy();
  });
  const limits = { maxConnections: 100, connectionsPerNetwork: 100, headersTimeoutMs: 60_000 };
  guardConnections(server, proxies, limits, turns);
  server.on("connection", (socket: Socket) => accepted.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  /** Sends bytes from an address, and waits until they have arrived in the server's socket. */
  const send = async (localAddress: string, text: string): Promise<Socket> => {
    const at = accepted.length;
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    socket.on("error", () => undefined);
    sockets.push(socket);
    socket.write(text);
    await until(() => (accepted[at]?.readableLength ?? 0) > 0);
    return socket;
  };
  /** Takes turns until no caller waits. The parser and the listeners of streams run between two turns. */
  const takeAll = async () => {
    for (let idle = 0; idle < 3; ) {
      idle = turn() ? 0 : idle + 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { send, takeAll, turn, seen, answers, accepted, refused, until };
}

const get = (path: string, header = "") => `GET ${path} HTTP/1.1\r\nhost: a\r\n${header}\r\n`;

describe("the connections of a server with turns", () => {
  it("are read only in turns: a newcomer's before the second of a caller with many", async () => {
    const { send, takeAll, seen } = await serve();
    for (const path of ["/1", "/2", "/3"]) await send("127.0.0.1", get(path));
    await send("127.0.0.2", get("/new"));
    expect(seen).toEqual([]);
    await takeAll();
    expect(seen).toEqual(["127.0.0.1/1", "127.0.0.2/new", "127.0.0.1/2", "127.0.0.1/3"]);
  });

  it("hold their senders back while they wait", async () => {
    const { send, accepted, until } = await serve();
    const head = "POST /big HTTP/1.1\r\nhost: a\r\ncontent-length: 50000000\r\n\r\n";
    const socket = await send("127.0.0.1", head);
    socket.write(Buffer.alloc(50_000_000));
    const read = () => accepted[0]?.bytesRead ?? 0;
    for (let last = -1; last !== read(); ) {
      last = read();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await until(() => socket.writableLength > 0);
    expect(read()).toBeLessThan(300_000);
  });

  it("are refused in turns if their requests do not arrive in time", async () => {
    const timeouts = { headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 10 };
    const { send, takeAll, refused } = await serve(undefined, timeouts);
    for (let i = 0; i < 3; i++) await send("127.0.0.1", "GET / HTTP/1.1\r\nhost: a\r\n");
    while (refused.length < 3) await takeAll();
    expect(refused).toEqual([true, true, true]);
  });

  it("pass at most 4 KiB to the parser in one turn", async () => {
    const { send, turn, takeAll, seen, accepted } = await serve();
    await send("127.0.0.1", get("/long", `x: ${"y".repeat(6_000)}\r\n`));
    for (let i = 0; i < 2; i++) turn(); // the first is put off, because a connection was accepted
    await new Promise((resolve) => setImmediate(resolve));
    expect([seen, (accepted[0]?.readableLength ?? 0) > 0]).toEqual([[], true]);
    await takeAll();
    expect(seen).toEqual(["127.0.0.1/long"]);
  });

  it("have one request handled at a time, and those behind it wait for turns of their own", async () => {
    const { send, takeAll, seen, answers, accepted, until } = await serve();
    const heavy = await send("127.0.0.1", get("/1") + get("/2") + get("/3"));
    await takeAll();
    expect(seen).toEqual(["127.0.0.1/1"]);
    heavy.write(get("/4"));
    await until(() => accepted[0]?.readableLength === get("/4").length);
    await takeAll();
    expect(accepted[0]?.readableLength).toBe(get("/4").length);
    answers[0]?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen.length).toBe(1);
    await send("127.0.0.2", get("/new"));
    await takeAll();
    expect(seen.slice(1)).toEqual(["127.0.0.2/new", "127.0.0.1/2"]);
    for (let i = 2; i < 5; i++) {
      answers[i]?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await takeAll();
    }
    expect(seen.slice(3)).toEqual(["127.0.0.1/3", "127.0.0.1/4"]);
  });

  it("of a proxy are read at once, and each request waits for a turn of its client", async () => {
    const { send, takeAll, seen } = await serve({ trusted: ["127.0.0.1"] });
    const from = (client: string, path: string) => get(path, `x-forwarded-for: ${client}\r\n`);
    for (const path of ["/1", "/2", "/3"]) await send("127.0.0.1", from("192.0.2.1", path));
    await send("127.0.0.1", from("192.0.2.2", "/new"));
    await takeAll();
    expect(seen).toEqual(["192.0.2.1/1", "192.0.2.2/new", "192.0.2.1/2", "192.0.2.1/3"]);
  });
});
