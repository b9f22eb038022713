import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/index.ts";
import { decodeJson } from "../../src/json/index.ts";
import {
  jsonPolicyAuthority,
  type PolicyAuthority,
  policyAuthorityText,
  readPolicyAuthority,
  writePolicyAuthority,
} from "../../src/light-client/index.ts";
import { decodeAll, encode } from "../../src/scale/index.ts";
import { codeOf } from "../support/code.ts";

const hex = "ab".repeat(32);
const bytes = new Uint8Array(32).fill(0xab);
const cases: readonly (readonly [text: string, scale: string, authority: PolicyAuthority])[] = [
  ["registry", "00", { kind: "registry" }],
  [`hash:${hex}`, `01${hex}`, { kind: "hash", hash: bytes }],
  [`key:${hex}:0`, `02${hex}00000000`, { kind: "key", key: bytes, delaySec: 0 }],
  [`key:${hex}:999999999`, `02${hex}ffc99a3b`, { kind: "key", key: bytes, delaySec: 999_999_999 }],
];

describe("a policy authority", () => {
  it.each(cases)("is %s as text, and %s in SCALE", (text, scale, authority) => {
    expect(policyAuthorityText(authority)).toBe(text);
    expect(decodeJson(JSON.stringify(text), jsonPolicyAuthority)).toEqual(authority);
    const written = encode(authority, writePolicyAuthority);
    expect(toHex(written)).toBe(scale);
    expect(decodeAll(written, readPolicyAuthority)).toEqual(authority);
  });

  it.each([
    "",
    "Registry",
    "registry ",
    "registry:",
    "hash:",
    `hash:${hex}ab`,
    `hash:${hex.toUpperCase()}`,
    `hash:${hex}:0`,
    `key:${hex}`,
    `key:${hex}:`,
    `key:${hex}:01`,
    `key:${hex}:-1`,
    `key:${hex}:1000000000`,
  ])("json/out-of-range: is not %j", (text) =>
    expect(codeOf(() => decodeJson(JSON.stringify(text), jsonPolicyAuthority))).toBe("json/out-of-range"),
  );

  it.each([
    ["codec/bad-tag", "03"],
    ["codec/truncated", "01ab"],
    ["codec/truncated", `02${hex}000000`],
    ["codec/trailing", "0000"],
  ])("%s: is not %s", (code, scale) =>
    expect(codeOf(() => decodeAll(fromHex(scale), readPolicyAuthority))).toBe(code),
  );
});
