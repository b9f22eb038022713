import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { readRange } from "../src/access/address.ts";
import { readHops } from "../src/access/forwarded.ts";
import { Proxies, type ProxyOptions } from "../src/access/proxies.ts";

describe("readRange", () => {
  it.each([
    "10.0.0.0/8",
    "192.0.2.1",
    "192.0.2.1/32",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::1",
    "::/0",
    "2400:cb00:2048::/47",
  ])("reads %s", (text) => expect(() => readRange(text)).not.toThrow());

  it.each([
    "",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "10.0.0.0/0x8",
    "2001:db8::/129",
    "10.0.0.1/8",
    "10.128.0.0/8",
    "2001:db8::1/64",
    "0x7f.1",
    "127.1/8",
    "localhost",
    "any",
    " 10.0.0.0/8",
  ])("gateway/bad-proxy-range: %j", (text) =>
    expect(() => readRange(text)).toThrow("gateway/bad-proxy-range"),
  );
});

describe("readHops", () => {
  const hops = (header: "x-forwarded-for" | "forwarded", text: string) =>
    readHops(header, text).map((hop) => hop?.toString());

  it.each<[string, (string | undefined)[]]>([
    ["192.0.2.1", ["192.0.2.1"]],
    ["192.0.2.1, 2001:db8::1,198.51.100.7", ["192.0.2.1", "2001:db8::1", "198.51.100.7"]],
    ["192.0.2.1:4711, [2001:db8::1]:80, [2001:db8::2]", ["192.0.2.1", "2001:db8::1", "2001:db8::2"]],
    ["::ffff:192.0.2.1", ["192.0.2.1"]],
    ["unknown, ,127.1,192.0.2.1:123456, 192.0.2.1;", [undefined, undefined, undefined, undefined, undefined]],
    ["", [undefined]],
  ])("X-Forwarded-For: %j", (text, all) => expect(hops("x-forwarded-for", text)).toEqual(all));

  it.each<[string, (string | undefined)[]]>([
    ["for=192.0.2.1", ["192.0.2.1"]],
    [
      'For="[2001:db8::1]:4711";proto=https;by=203.0.113.43, for=198.51.100.7',
      ["2001:db8::1", "198.51.100.7"],
    ],
    ['proto=http;for="192.0.2.1:80"', ["192.0.2.1"]],
    ['for="192.0.\\2.1"', ["192.0.2.1"]],
    ['for="1,for=2", for=192.0.2.1', [undefined, "192.0.2.1"]],
    ["for=unknown, for=_hidden, proto=https, for=192.0.2.1", [undefined, undefined, undefined, "192.0.2.1"]],
  ])("Forwarded: %j", (text, all) => expect(hops("forwarded", text)).toEqual(all));

  it.each([
    "",
    "192.0.2.1",
    "for=192.0.2.1,",
    "for=192.0.2.1 for=192.0.2.2",
    "for=192.0.2.2;for=192.0.2.1",
    'for="192.0.2.1',
    "for=[2001:db8::1]",
    "for=192.0.2.1, @, for=192.0.2.2",
  ])("a malformed Forwarded names no client: %j", (text) =>
    expect(hops("forwarded", text)).toEqual([undefined]),
  );
});

describe("Proxies", () => {
  const options: ProxyOptions = { trusted: ["10.0.0.0/8", "2001:db8:ffff::/48"] };
  const client = (
    remoteAddress: string,
    headers: IncomingMessage["headers"],
    more: Partial<ProxyOptions> = {},
  ) =>
    new Proxies({ ...options, ...more }).clientOf({
      headers,
      socket: { remoteAddress } as IncomingMessage["socket"],
    });

  it("ignores the headers of every peer that is not trusted", () => {
    for (const header of ["x-forwarded-for", "forwarded"] as const)
      expect(
        client("203.0.113.9", { "x-forwarded-for": "192.0.2.1", forwarded: "for=192.0.2.1" }, { header }),
      ).toEqual({
        address: "203.0.113.9",
        viaProxy: false,
      });
    expect(new Proxies().isTrusted("127.0.0.1")).toBe(false);
  });

  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["6.6.6.6, 192.0.2.1", "192.0.2.1"],
    ["6.6.6.6, 192.0.2.1, 10.9.9.9, 2001:db8:ffff::1", "192.0.2.1"],
    ["10.1.1.1, 10.9.9.9", "10.1.1.1"],
  ])("finds the right-most address that is not trusted in %j", (forwarded, address) => {
    for (const proxy of ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8:ffff::7"])
      expect(client(proxy, { "x-forwarded-for": forwarded })).toEqual({ address, viaProxy: true });
  });

  it.each([
    [{}, "10.1.2.3"],
    [{ "x-forwarded-for": "" }, "10.1.2.3"],
    [{ "x-forwarded-for": "6.6.6.6, unknown" }, "10.1.2.3"],
    [{ "x-forwarded-for": "6.6.6.6, x, 10.9.9.9" }, "10.9.9.9"],
    [{ forwarded: "for=6.6.6.6" }, "10.1.2.3"],
  ])("charges a request that names no client to the proxy: %j", (headers, address) =>
    expect(client("10.1.2.3", headers)).toEqual({ address, viaProxy: true }),
  );

  it("reads only the header that the operator named", () => {
    const headers = { forwarded: "for=192.0.2.1", "x-forwarded-for": "6.6.6.6" };
    expect(client("10.1.2.3", headers, { header: "forwarded" }).address).toBe("192.0.2.1");
    expect(client("10.1.2.3", headers).address).toBe("6.6.6.6");
  });
});
