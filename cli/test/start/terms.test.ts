import { accountIdOf } from "@pruntime/client/chain";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { genesisBalance, type TermFlags, termsOf, withTerms } from "../../src/start/terms.ts";

const alice = accountIdOf("//Alice");
const most = (1n << 128n) - 1n;

describe("--genesis-balance", () => {
  it.each([
    ["//Alice:0", 0n],
    ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY:12", 12n],
    [`0x${Buffer.from(alice).toString("hex")}:${most}`, most],
  ])("reads %s", (text, amount) =>
    expect(genesisBalance(text)).toEqual({ kind: "account", account: alice, amount }),
  );

  it.each(["none", "development"] as const)("reads %s", (kind) =>
    expect(genesisBalance(kind)).toEqual({ kind }),
  );

  it.each(["", "//Alice", "//Alice:", ":5", "//Alice:-1", "//Alice:0x5", `//Alice:${most + 1n}`])(
    "cli/bad-argument: %s",
    (text) =>
      expect(() => genesisBalance(text)).toThrow(expect.objectContaining({ code: "cli/bad-argument" })),
  );

  it("client/bad-account: a text that names no account", () =>
    expect(() => genesisBalance("nobody:5")).toThrow(
      expect.objectContaining({ code: "client/bad-account" }),
    ));
});

it("metadata is trusted only with --told", () => {
  expect(termsOf({ told: false })).toEqual({
    meaning: "proven",
    genesisBalance: undefined,
    channelV1: undefined,
  });
  expect(termsOf({ told: true })).toEqual({
    meaning: "told",
    genesisBalance: undefined,
    channelV1: undefined,
  });
});

it("channel v1 is decided by its options, and otherwise by the chain", () => {
  const flags = (...argv: string[]) =>
    withTerms(new Command()).parse(argv, { from: "user" }).opts<TermFlags>().channelV1;
  expect([flags(), flags("--channel-v1"), flags("--no-channel-v1")]).toEqual([undefined, true, false]);
});
