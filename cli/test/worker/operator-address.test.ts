import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  earlierToken,
  operatorListenAddress,
  operatorOf,
  writeOperator,
} from "../../src/worker/operator-address.ts";

const root = mkdtempSync(join(tmpdir(), "pruntime-operator-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const token = "0123456789abcdef";
const url = "http://127.0.0.1:8001";

describe("the operator's address and token", () => {
  it("are read from the data folder in which a worker wrote them, and the token is private", () => {
    const dataDir = join(root, "written");
    expect(earlierToken(dataDir)).toBeUndefined();
    writeOperator(dataDir, { url: "http://127.0.0.1:1", token: "earlier" });
    chmodSync(join(dataDir, "operator-token"), 0o644);
    writeOperator(dataDir, { url, token });
    expect(operatorOf({ dataDir })).toEqual({ url, token });
    expect(earlierToken(dataDir)).toBe(token);
    expect(statSync(join(dataDir, "operator-token")).mode & 0o777).toBe(0o600);
  });

  it("are replaced by options, without mixing in the data folder's token", () => {
    const dataDir = join(root, "mixed");
    writeOperator(dataDir, { url, token });
    const tokenFile = join(root, "token");
    writeFileSync(tokenFile, "another-token-of-16\n");
    const operator = "unix:/run/operator.sock";
    expect(operatorOf({ dataDir, operator, tokenFile })).toEqual({
      url: operator,
      token: "another-token-of-16",
    });
    expect(operatorOf({ dataDir, operator })).toEqual({ url: operator });
    expect(operatorOf({ dataDir, tokenFile })).toEqual({ url, token: "another-token-of-16" });
  });

  it("cli/no-operator: neither an option nor a file", () => {
    expect(() => operatorOf({ dataDir: join(root, "empty") })).toThrow("cli/no-operator");
  });

  it.each(["127.0.0.1:8001", "ftp://a", "unix:", "/run/operator.sock"])(
    "cli/bad-argument: %s is not an address",
    (operator) => expect(() => operatorOf({ dataDir: root, operator })).toThrow("cli/bad-argument"),
  );
});

describe("--operator of a worker", () => {
  it.each([
    ["127.0.0.1:8001", { host: "127.0.0.1", port: 8001, orNext: true }],
    ["0.0.0.0:0", { host: "0.0.0.0", port: 0, orNext: true }],
    ["[::1]:9", { host: "::1", port: 9, orNext: true }],
    ["/run/operator.sock", { path: "/run/operator.sock" }],
    ["./operator:1", { path: "./operator:1" }],
  ])("reads %s", (text, address) => expect(operatorListenAddress(text)).toEqual(address));

  it.each(["", "8001", "127.0.0.1", "a:65536", "a:b", "::1:8001"])("cli/bad-argument: %s", (text) =>
    expect(() => operatorListenAddress(text)).toThrow("cli/bad-argument"),
  );
});
