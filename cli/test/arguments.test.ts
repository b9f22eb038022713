import { createServer } from "node:net";
import { toHex } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { accountIdOf, accountOf } from "../src/account.ts";
import { contractId, jsonArgument, oneOf, wholeNumber } from "../src/arguments.ts";
import { freePort } from "../src/ports.ts";

const alice = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
const bad = expect.objectContaining({ code: "cli/bad-argument" });

describe("accounts", () => {
  it("come from development names, phrases and seeds", () => {
    expect(toHex(accountOf("//Alice").id)).toBe(alice);
    expect(toHex(accountOf("bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice").id)).toBe(alice);
    expect(toHex(accountOf("0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a").id)).toBe(alice);
  });

  it.each(["not a phrase", "0x12", "bottom drive obey lake curtain smoke basket hold race lonely fit fit"])(
    "refuse %s",
    (suri) => {
      expect(() => accountOf(suri)).toThrow(bad);
    },
  );

  it.each([alice, `0x${alice}`, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "//Alice"])("are named by %s", (text) => {
    expect(toHex(accountIdOf(text))).toBe(alice);
  });

  it("refuse an address with a wrong checksum", () => {
    expect(() => accountIdOf("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ")).toThrow(bad);
  });
});

describe("arguments", () => {
  it("are whole numbers in range", () => {
    expect(wholeNumber("n", 1, 5)("5")).toBe(5);
    for (const text of ["0", "6", "-1", "1.5", "", "x", "1e0"]) expect(() => wholeNumber("n", 1, 5)(text)).toThrow(bad);
  });

  it("are one of a few words", () => {
    expect(oneOf("k", ["a", "b"])("b")).toBe("b");
    expect(() => oneOf("k", ["a", "b"])("c")).toThrow(bad);
  });

  it("name contracts by id or name", () => {
    expect(["system", "data-plaza", "Balances", "assets", "7"].map(contractId)).toEqual([0, 1, 2, 3, 7]);
    expect(() => contractId("nonesuch")).toThrow(bad);
  });

  it("are JSON, or the bare name of a unit variant", () => {
    expect(jsonArgument("request", "TotalIssuance")).toBe("TotalIssuance");
    expect(jsonArgument("request", '{"a":[1,null]}')).toMatchObject({ a: [1, null] });
    expect(jsonArgument("request", "null")).toBe(null);
    expect(() => jsonArgument("request", '{"a":1,"a":2}')).toThrow(bad);
  });
});

describe("freePort", () => {
  it("moves up from a taken port", async () => {
    const server = createServer();
    const taken = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
    });
    expect(await freePort(taken)).toBeGreaterThan(taken);
    server.close();
  });
});
