import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/index.ts";
import { decodeJson } from "../../src/json/index.ts";
import {
  type GenesisBalance,
  genesisBalanceText,
  jsonGenesisBalance,
  readGenesisBalance,
  writeGenesisBalance,
} from "../../src/light-client/index.ts";
import { decodeAll, encode } from "../../src/scale/index.ts";
import { codeOf } from "../support/code.ts";

const account = new Uint8Array(32).fill(0xab);
const most = (1n << 128n) - 1n;
const cases: readonly (readonly [text: string, hex: string, balance: GenesisBalance])[] = [
  ["none", "00", { kind: "none" }],
  ["development", "01", { kind: "development" }],
  [
    `${"ab".repeat(32)}:0`,
    `02${"ab".repeat(32)}${"00".repeat(16)}`,
    { kind: "account", account, amount: 0n },
  ],
  [
    `${"ab".repeat(32)}:${most}`,
    `02${"ab".repeat(32)}${"ff".repeat(16)}`,
    { kind: "account", account, amount: most },
  ],
];

describe("a genesis balance", () => {
  it.each(cases)("is %s as text, and %s in SCALE", (text, hex, balance) => {
    expect(genesisBalanceText(balance)).toBe(text);
    expect(decodeJson(JSON.stringify(text), jsonGenesisBalance)).toEqual(balance);
    const bytes = encode(balance, writeGenesisBalance);
    expect(toHex(bytes)).toBe(hex);
    expect(decodeAll(bytes, readGenesisBalance)).toEqual(balance);
  });

  it.each([
    "",
    "None",
    "none ",
    `${"ab".repeat(31)}:1`,
    `${"AB".repeat(32)}:1`,
    `${"ab".repeat(32)}:`,
    `${"ab".repeat(32)}:01`,
    `${"ab".repeat(32)}:-1`,
    `${"ab".repeat(32)}:${most + 1n}`,
  ])("json/out-of-range: is not %j", (text) =>
    expect(codeOf(() => decodeJson(JSON.stringify(text), jsonGenesisBalance))).toBe("json/out-of-range"),
  );

  it.each([
    ["codec/bad-tag", "03"],
    ["codec/truncated", "02ab"],
    ["codec/trailing", "0000"],
  ])("%s: is not %s", (code, hex) => {
    const bytes = Uint8Array.from(Buffer.from(hex, "hex"));
    expect(codeOf(() => decodeAll(bytes, readGenesisBalance))).toBe(code);
  });
});
