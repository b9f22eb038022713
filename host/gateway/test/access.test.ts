import { describe, expect, it } from "vitest";
import { networksOf } from "../src/access/network.ts";
import { gateOf2020, tokenGate } from "../src/access/operator.ts";
import { isLoopback } from "../src/access/peer.ts";
import { isCrossSite, isTrustedHost } from "../src/access/site.ts";

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "::FFFF:127.1.2.3"])(
    "%s is a loopback address",
    (address) => {
      expect(isLoopback(address)).toBe(true);
    },
  );

  it.each([
    undefined,
    "",
    "128.0.0.1",
    "10.0.0.1",
    "::",
    "::2",
    "fe80::1",
    "::ffff:10.0.0.1",
    "1127.0.0.1",
    "127.0.0.1.example.com",
  ])("%s is not a loopback address", (address) => expect(isLoopback(address)).toBe(false));
});

describe("networksOf", () => {
  it.each([
    ["203.0.113.9", ["203.0.113.9"]],
    ["::ffff:203.0.113.9", ["203.0.113.9"]],
    ["2001:db8:1:2:3:4:5:6", ["2001:db8:1::/48", "2001:db8:1:2::/64"]],
    ["2001:db8::5", ["2001:db8:0::/48", "2001:db8:0:0::/64"]],
    ["::1", ["0:0:0::/48", "0:0:0:0::/64"]],
    ["fe80::1%eth0", ["fe80:0:0::/48", "fe80:0:0:0::/64"]],
    [undefined, ["unknown"]],
  ])("%s belongs to %s", (address, networks) => expect(networksOf(address)).toEqual(networks));
});

const local = { address: "127.0.0.1", viaProxy: false, httpVersion: "1.1" };
const remote = { address: "203.0.113.9", viaProxy: false, httpVersion: "1.1" };
const host = "127.0.0.1:8000";
const evilOrigin = { host, origin: "https://evil.example" };

describe("tokenGate", () => {
  const token = "0123456789abcdef-token";
  const authorization = `Bearer ${token}`;
  const gate = tokenGate(token);

  it("accepts the token from anywhere, under any host name", () => {
    for (const peer of [local, remote])
      for (const headers of [{ host }, { host: "worker.example" }, { host, via: "1.1 proxy" }])
        expect(gate({ ...peer, headers: { ...headers, authorization } })).toBeUndefined();
  });

  it.each([
    undefined,
    `${authorization}x`,
    authorization.slice(0, -1),
    "Bearer ",
    "",
    token,
    `Basic ${token}`,
  ])("bad-token, also from this machine: %j", (authorization) => {
    const headers = authorization === undefined ? { host } : { host, authorization };
    expect(gate({ ...local, headers })).toBe("bad-token");
  });

  it("cross-site, even with the token", () => {
    expect(gate({ ...local, headers: { ...evilOrigin, authorization } })).toBe("cross-site");
    expect(gate({ ...local, headers: { host, authorization, "sec-fetch-site": "same-site" } })).toBe(
      "cross-site",
    );
  });

  it("gateway/weak-token", () => {
    expect(() => tokenGate("fifteen-letters")).toThrow("gateway/weak-token");
  });
});

describe("gateOf2020", () => {
  it("accepts a direct caller on this machine", () => {
    for (const name of [host, "localhost:8000"])
      expect(gateOf2020({ ...local, headers: { host: name } })).toBeUndefined();
  });

  it("not-local", () => {
    expect(gateOf2020({ ...remote, headers: { host } })).toBe("not-local");
    expect(gateOf2020({ ...local, httpVersion: "1.0", headers: { host } })).toBe("not-local");
    expect(gateOf2020({ ...local, viaProxy: true, headers: { host } })).toBe("not-local");
  });

  it.each(["forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "cf-connecting-ip"])(
    "not-local: a request with the header %s, even if it names this machine",
    (name) => expect(gateOf2020({ ...local, headers: { host, [name]: "127.0.0.1" } })).toBe("not-local"),
  );

  it("cross-site", () => {
    expect(gateOf2020({ ...local, headers: evilOrigin })).toBe("cross-site");
    expect(gateOf2020({ ...local, headers: { host, "sec-fetch-site": "cross-site" } })).toBe("cross-site");
  });

  it("unknown-host: a page's own name that resolves to this machine", () => {
    const rebound = {
      host: "evil.example:8000",
      origin: "http://evil.example:8000",
      "sec-fetch-site": "same-origin",
    };
    expect(gateOf2020({ ...local, headers: rebound })).toBe("unknown-host");
    expect(gateOf2020({ ...local, headers: {} })).toBe("unknown-host");
  });

  it("accepts the page that the gateway itself serves", () => {
    const own = { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" };
    expect(gateOf2020({ ...local, headers: own })).toBeUndefined();
  });
});

describe("isTrustedHost", () => {
  it.each([
    "localhost",
    "LOCALHOST:8000",
    "127.0.0.1:8000",
    "10.1.2.3",
    "[::1]:8000",
    "[2001:db8::1]",
    "a.localhost",
  ])("accepts %s", (host) => expect(isTrustedHost(host)).toBe(true));

  it.each([
    undefined,
    "",
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "a@127.0.0.1",
    "127.0.0.1/x",
    "worker.example.com",
    "x:y",
  ])("refuses %s", (host) => expect(isTrustedHost(host)).toBe(false));
});

describe("isCrossSite", () => {
  const host = "127.0.0.1:8000";

  it.each([
    [{ host }],
    [{ host, "sec-fetch-site": "none" }],
    [{ host, origin: "http://127.0.0.1:8000" }],
    [{ host: "worker.example.com", origin: "https://worker.example.com" }],
    [{ host: "worker.example.com:443", origin: "https://worker.example.com" }],
  ])("is false for %j", (headers) => expect(isCrossSite(headers)).toBe(false));

  it.each([
    [{ host, origin: "null" }],
    [{ host, origin: "" }],
    [{ host, origin: "http://127.0.0.1:8001" }],
    [{ host, origin: "http://localhost:8000" }],
    [{ host, origin: "chrome-extension://127.0.0.1:8000" }],
    [{ host, "sec-fetch-site": "same-site" }],
    [{ host, "sec-fetch-site": "cross-site" }],
    [{ origin: "http://127.0.0.1:8000" }],
  ])("is true for %j", (headers) => expect(isCrossSite(headers)).toBe(true));
});
