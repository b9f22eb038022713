import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePort } from "../../src/stack/ports.ts";
import { contractId, jsonArgument, oneOf, wholeNumber } from "../../src/terminal/arguments.ts";

const bad = expect.objectContaining({ code: "cli/bad-argument" });

describe("arguments", () => {
  it("are whole numbers in range", () => {
    expect(wholeNumber("n", 1, 5)("5")).toBe(5);
    for (const text of ["0", "6", "-1", "1.5", "", "x", "1e0"])
      expect(() => wholeNumber("n", 1, 5)(text)).toThrow(bad);
  });

  it("are one of a few words", () => {
    expect(oneOf("k", ["a", "b"])("b")).toBe("b");
    expect(() => oneOf("k", ["a", "b"])("c")).toThrow(bad);
  });

  it("name contracts by id or name", () => {
    expect(["system", "data-plaza", "Balances", "assets", "7"].map(contractId)).toEqual([0, 1, 2, 3, 7]);
    expect(() => contractId("nonesuch")).toThrow(
      expect.objectContaining({
        detail: expect.objectContaining({ want: expect.stringContaining("balances") }),
      }),
    );
    expect(() => contractId("4294967296")).toThrow(bad);
  });

  it("are JSON, or the bare name of a unit variant", () => {
    expect(jsonArgument("request", "TotalIssuance")).toBe("TotalIssuance");
    expect(jsonArgument("request", '{"a":[1,null]}')).toMatchObject({ a: [1, null] });
    expect(jsonArgument("request", "null")).toBe(null);
    expect(() => jsonArgument("request", '{"a":1,"a":2}')).toThrow(bad);
  });
});

describe("freePort", () => {
  it("returns the next free port if a port is in use", async () => {
    const server = createServer();
    const taken = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
    });
    expect(await freePort(taken)).toBeGreaterThan(taken);
    server.close();
  });

  it("does not look for a port on an address that is not this machine's", async () => {
    await expect(freePort(8000, "192.0.2.1")).rejects.toMatchObject({ code: "cli/bad-host" });
  });
});
