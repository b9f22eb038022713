import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ConnectionLimits, guardConnections } from "../src/access/connections.ts";
import { Holdings } from "../src/access/holdings.ts";
import { Proxies, type ProxyOptions } from "../src/access/proxies.ts";
import { decodeProxyHeader } from "../src/access/proxy-protocol.ts";
import { Turns } from "../src/access/turns.ts";
import { refuseSocket } from "../src/http/refuse.ts";
import { RecentUse } from "../src/shares/recent-use.ts";

const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** Makes a header of the PROXY protocol. */
function proxyHeader(command: number, family: number, rest: readonly number[], length = rest.length): Buffer {
  return Buffer.from([...signature, command, family, length >> 8, length & 255, ...rest]);
}

const ports = [0x10, 0x92, 0x1f, 0x40];
const ipv4 = [192, 0, 2, 1, 127, 0, 0, 1, ...ports];
const from = (address: readonly number[]) => proxyHeader(0x21, 0x11, [...address, 127, 0, 0, 1, ...ports]);
const ipv6 = [
  0x20,
  0x01,
  0x0d,
  0xb8,
  ...Array<number>(11).fill(0),
  1,
  ...Array<number>(16).fill(0),
  ...ports,
];
const mapped = [...Array<number>(10).fill(0), 255, 255, 192, 0, 2, 1, ...Array<number>(16).fill(0), ...ports];

describe("Holdings", () => {
  it("takes nothing if one of the networks holds the most", () => {
    const held = new Holdings(2);
    expect([held.take(["w", "w/1"]), held.take(["w", "w/2"]), held.take(["w", "w/3"])]).toEqual([
      true,
      true,
      false,
    ]);
    expect(["w", "w/1", "w/3"].map((network) => held.of(network))).toEqual([2, 1, 0]);
    held.release(["w", "w/1"]);
    expect([held.take(["w", "w/3"]), held.of("w/1")]).toEqual([true, 0]);
  });
});

describe("decodeProxyHeader", () => {
  const decode = (bytes: Buffer) => decodeProxyHeader(bytes.subarray(0, 16), bytes.subarray(16));

  it.each<[string, Buffer, string | null]>([
    ["IPv4", proxyHeader(0x21, 0x11, ipv4), "192.0.2.1"],
    ["IPv6", proxyHeader(0x21, 0x21, ipv6), "2001:db8::1"],
    ["IPv4 mapped into IPv6", proxyHeader(0x21, 0x21, mapped), "192.0.2.1"],
    ["further fields", proxyHeader(0x21, 0x11, [...ipv4, 4, 0, 1, 0]), "192.0.2.1"],
    ["the proxy itself", proxyHeader(0x20, 0, []), null],
    ["the proxy itself, with addresses", proxyHeader(0x20, 0x11, ipv4), null],
    ["a client without an IP address", proxyHeader(0x21, 0, []), null],
  ])("reads %s", (_, bytes, client) => expect(decode(bytes)).toBe(client));

  it.each<[string, Buffer]>([
    ["nothing", Buffer.alloc(0)],
    ["a part of the signature", signature.subarray(0, 11)],
    [
      "another signature",
      Buffer.concat([
        Buffer.from("\r\n\r\n\0\r\nQUIT\r", "latin1"),
        Buffer.from([0x21, 0x11, 0, 12, ...ipv4]),
      ]),
    ],
    ["version 1", Buffer.from("PROXY TCP4 192.0.2.1 127.0.0.1 4242 8000\r\n")],
    ["version 3", proxyHeader(0x31, 0x11, ipv4)],
    ["an unknown command", proxyHeader(0x22, 0x11, ipv4)],
    ["UDP", proxyHeader(0x21, 0x12, ipv4)],
    ["a Unix socket", proxyHeader(0x21, 0x31, Array<number>(216).fill(0))],
    ["addresses that are too short", proxyHeader(0x21, 0x11, ipv4.slice(1))],
    ["IPv6 addresses that are too short", proxyHeader(0x21, 0x21, ipv4)],
    ["fewer bytes than it declares", proxyHeader(0x21, 0x11, ipv4, 13)],
    ["more bytes than it declares", proxyHeader(0x21, 0x11, ipv4, 11)],
  ])("refuses %s", (_, bytes) => expect(decode(bytes)).toBeUndefined());
});

/** Serves the client that each request came from. Requests to /wait are answered by `answer`. */
async function serve(limits: Partial<ConnectionLimits> = {}, proxyOptions?: ProxyOptions) {
  const proxies = new Proxies(proxyOptions);
  const waiting: (() => void)[] = [];
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    const { address } = proxies.clientOf(request);
    seen.push(String(address));
    if (request.url === "/wait") waiting.push(() => response.end("waited"));
    else request.resume().once("end", () => response.end(address));
  });
  server.on("clientError", (_, socket) => refuseSocket(socket));
  const turns = new Turns(new RecentUse());
  const usual = { maxConnections: 100, connectionsPerNetwork: 100, headersTimeoutMs: 60_000 };
  guardConnections(server, proxies, { ...usual, ...limits }, turns);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  /** Connects from an address and sends text. `text` resolves when the connection ends. */
  const open = async (localAddress: string, bytes: string | Buffer = "") => {
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    sockets.push(socket);
    let heard = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      heard += chunk.toString();
    });
    const ended = new Promise<string>((resolve) => socket.once("close", () => resolve(heard)));
    const arrived = new Promise((resolve) => server.once("connection", resolve));
    await arrived;
    socket.write(bytes);
    return { socket, ended, heard: () => heard };
  };
  const ask = async (localAddress: string, before: Buffer = Buffer.alloc(0)) => {
    const get = Buffer.from("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    const { ended } = await open(localAddress, Buffer.concat([before, get]));
    return (await ended).split("\r\n\r\n")[1];
  };
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { open, ask, until, seen, waiting };
}

describe("guardConnections", () => {
  const half = "POST / HTTP/1.1\r\nhost: a\r\n";
  const halfBody = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nx";

  it("closes a connection of a network that holds its most, and has room for others", async () => {
    const { open, ask } = await serve({ connectionsPerNetwork: 2 });
    const held = [await open("127.0.0.1", half), await open("127.0.0.1")];
    expect([await ask("127.0.0.1"), await ask("127.0.0.2")]).toEqual([undefined, "127.0.0.2"]);
    held[0]?.socket.destroy();
    while ((await ask("127.0.0.1")) !== "127.0.0.1");
  });

  it.each([
    ["nothing", ""],
    ["half a head", half],
    ["half a body", halfBody],
  ])("gives up a connection that sent %s, when all are taken", async (_, bytes) => {
    const { open, ask } = await serve({ maxConnections: 4 });
    const held = [await open("127.0.0.1", bytes), await open("127.0.0.1", bytes)];
    const other = [await open("127.0.0.2", bytes), await open("127.0.0.3", bytes)];
    expect(await ask("127.0.0.4")).toBe("127.0.0.4");
    await held[0]?.ended;
    expect([...held, ...other].map(({ socket }) => socket.destroyed)).toEqual([true, false, false, false]);
  });

  it("gives up the connection that was idle the longest, if all networks hold the same", async () => {
    const { open, ask, until } = await serve({ maxConnections: 2 });
    const first = await open("127.0.0.1", "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    const second = await open("127.0.0.2");
    await until(() => first.heard() !== "");
    expect(await ask("127.0.0.3")).toBe("127.0.0.3");
    await second.ended;
    expect(first.socket.destroyed).toBe(false);
  });

  it("keeps a connection whose request waits for its answer", async () => {
    const { open, ask, seen, until, waiting } = await serve({ maxConnections: 2 });
    const busy = [1, 2].map(() =>
      open("127.0.0.1", "GET /wait HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"),
    );
    const held = await Promise.all(busy);
    await until(() => seen.length === 2);
    expect(await ask("127.0.0.2")).toBeUndefined();
    for (const answer of waiting) answer();
    for (const { ended } of held) expect(await ended).toContain("waited");
  });

  it("does not give up a connection for a network that holds more", async () => {
    const { open, ask, seen, until } = await serve({ maxConnections: 3 });
    const waits = "GET /wait HTTP/1.1\r\nhost: a\r\n\r\n";
    const busy = [await open("127.0.0.1", waits), await open("127.0.0.1", waits)];
    await until(() => seen.length === 2);
    const idle = await open("127.0.0.2");
    expect(await ask("127.0.0.1")).toBeUndefined();
    expect([...busy, idle].map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
  });

  it("does not limit a trusted proxy, whose clients have limits of their own", async () => {
    const { open, ask } = await serve({ connectionsPerNetwork: 1 }, { trusted: ["127.0.0.1"] });
    const held = [await open("127.0.0.1", half), await open("127.0.0.1", half)];
    expect(await ask("127.0.0.1")).toBe("127.0.0.1");
    expect(held.map(({ socket }) => socket.destroyed)).toEqual([false, false]);
  });
});

describe("the PROXY protocol", () => {
  const options: ProxyOptions = { trusted: ["127.0.0.1"], header: "proxy-protocol" };
  const eve = [198, 51, 100, 66];

  it("names the client of a connection, and its bytes may come one at a time", async () => {
    const { open, ask } = await serve({}, options);
    expect(await ask("127.0.0.1", from(eve))).toBe("198.51.100.66");
    expect(await ask("127.0.0.1", proxyHeader(0x20, 0, []))).toBe("127.0.0.1");
    const { socket, ended } = await open("127.0.0.1");
    for (const byte of Buffer.concat([
      from(eve),
      Buffer.from("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"),
    ])) {
      socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toMatch(/198\.51\.100\.66$/);
  });

  it("counts for every request of the connection, whatever its headers say", async () => {
    const { open, seen } = await serve({}, options);
    const get = (end = "") => `GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 192.0.2.9\r\n${end}\r\n`;
    const bytes = Buffer.concat([from(eve), Buffer.from(get() + get("connection: close\r\n"))]);
    const { ended } = await open("127.0.0.1", bytes);
    await ended;
    expect(seen).toEqual(["198.51.100.66", "198.51.100.66"]);
  });

  it("limits the connections of the client, not those of the proxy", async () => {
    const { open, ask } = await serve({ connectionsPerNetwork: 2 }, options);
    for (let i = 0; i < 2; i++) await open("127.0.0.1", from(eve));
    const refused: (string | undefined)[] = [];
    while (refused.at(-1) === undefined && refused.length < 3)
      refused.push(await ask("127.0.0.1", from(eve)));
    expect(refused).toEqual([undefined, undefined, undefined]);
    expect(await ask("127.0.0.1", from([192, 0, 2, 1]))).toBe("192.0.2.1");
  });

  it("is not accepted from a peer that is not trusted", async () => {
    const { ask, open } = await serve({}, options);
    const { ended } = await open("127.0.0.2", from(eve));
    expect(await ended).toMatch(/^HTTP\/1.1 400/);
    expect(await ask("127.0.0.2")).toBe("127.0.0.2");
  });

  it.each<[string, Buffer]>([
    ["no header", Buffer.from("GET / HTTP/1.1\r\nhost: a\r\n\r\n")],
    [
      "version 1",
      Buffer.from("PROXY TCP4 192.0.2.1 127.0.0.1 4242 8000\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n"),
    ],
    ["a header that is too long", proxyHeader(0x21, 0x11, [], 4097)],
  ])("closes a trusted proxy's connection with %s", async (_, bytes) => {
    const { open, seen } = await serve({}, options);
    expect(await (await open("127.0.0.1", bytes)).ended).toBe("");
    expect(seen).toEqual([]);
  });

  it("closes a trusted proxy's connection whose header ends early, or does not arrive in time", async () => {
    const early = await (await serve({}, options)).open("127.0.0.1", from(eve).subarray(0, 20));
    early.socket.end();
    expect(await early.ended).toBe("");
    const late = await (await serve({ headersTimeoutMs: 20 }, options)).open(
      "127.0.0.1",
      from(eve).subarray(0, 20),
    );
    expect(await late.ended).toBe("");
  });
});
