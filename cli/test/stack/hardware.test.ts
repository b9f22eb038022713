import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../trusted/core/test/support/code.ts";
import { type HardwareFlags, hardwareOf, protectionOf } from "../../src/stack/hardware.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-hardware-"));
const iasKeyFile = join(folder, "key");
writeFileSync(iasKeyFile, "k\n");
afterAll(() => rmSync(folder, { recursive: true }));

describe("hardwareOf", () => {
  it.each<[HardwareFlags, object]>([
    [{}, { hardware: { production: false, channelV1: false }, evidence: {} }],
    [
      { attest: "gramine", production: true, channelV1: true, pccs: "https://a" },
      {
        hardware: { production: true, channelV1: true, provider: "gramine" },
        evidence: { pccsUrl: "https://a" },
      },
    ],
    [
      { attest: "dstack", attestRoot: "/tmp/s", seal: "ephemeral", kds: "https://b" },
      {
        hardware: {
          production: false,
          channelV1: false,
          provider: "dstack",
          root: "/tmp/s",
          sealing: "ephemeral",
        },
        evidence: { kdsUrl: "https://b" },
      },
    ],
    [{ launch: "gramine-sgx  enclave" }, { launcher: ["gramine-sgx", "enclave"], evidence: {} }],
    [
      { attest: "ias", ias: "http://a", iasSpid: "AB".repeat(16), iasKeyFile },
      {
        hardware: { production: false, channelV1: false, provider: "ias" },
        evidence: { ias: { baseUrl: "http://a", spid: "ab".repeat(16), key: "k" } },
      },
    ],
  ])("%j", (flags, options) => expect(hardwareOf(flags)).toEqual(options));

  it.each<HardwareFlags>([
    { launch: " " },
    { launch: "enclave", production: true },
    { launch: "enclave", channelV1: true },
    { launch: "enclave", attest: "gramine" },
    { launch: "enclave", attestRoot: "/tmp/a" },
    { launch: "enclave", seal: "ephemeral" },
    { ias: "http://a" },
    { ias: "http://a", iasSpid: "ab".repeat(16) },
    { ias: "http://a", iasSpid: "ab", iasKeyFile },
  ])("cli/bad-argument: %j", (flags) => expect(codeOf(() => hardwareOf(flags))).toBe("cli/bad-argument"));
});

describe("protectionOf", () => {
  it("promises nothing for simulation and stand-ins", () => {
    expect(protectionOf({})).toContain("protects nothing");
    expect(protectionOf({ attest: "gramine", attestRoot: "/tmp/a" })).toContain("protects nothing");
    expect(protectionOf({ attest: "gramine" })).toBe("attested by gramine");
    expect(protectionOf({ launch: "x" })).not.toContain("attested");
  });
});
