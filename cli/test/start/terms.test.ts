import { accountIdOf } from "@pruntime/client/chain";
import type { PolicyAuthority } from "@pruntime/core/light-client";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import {
  anchoredTerms,
  genesisBalance,
  policyAuthority,
  type TermFlags,
  termsOf,
  withTerms,
} from "../../src/start/terms.ts";

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

describe("--policy-authority", () => {
  const hash = new Uint8Array(32).fill(0xab);
  const text = "ab".repeat(32);

  it.each<[string, PolicyAuthority]>([
    ["registry", { kind: "registry" }],
    [`key:0x${text}:60`, { kind: "key", key: hash, delaySec: 60 }],
    [`key:${text}:0`, { kind: "key", key: hash, delaySec: 0 }],
    [`hash:${text}`, { kind: "hash", hash }],
    [`hash:0x${text}`, { kind: "hash", hash }],
  ])("reads %s", (given, authority) => {
    expect(policyAuthority(given)).toEqual(authority);
    const flags = { told: false, policyAuthority: authority };
    expect(anchoredTerms(flags)).toEqual({ policyAuthority: authority });
    expect(termsOf(flags).policyAuthority).toEqual(authority);
  });

  it("leaves the delay of a key to the chain, if it is not given", () => {
    expect(policyAuthority(`key:0x${text}`)).toEqual({ kind: "key", key: hash });
  });

  it.each([
    "",
    "Registry",
    "hash:",
    "key:",
    `key:${text}:`,
    `key:${text}:-1`,
    `hash:${text}00`,
    `hash:0x0x${text}`,
    text,
  ])("cli/bad-argument: %s", (given) =>
    expect(() => policyAuthority(given)).toThrow(expect.objectContaining({ code: "cli/bad-argument" })),
  );
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
