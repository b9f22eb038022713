import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeSimulated, simulationRoot, verifySimulated } from "@pruntime/core/attestation";
import { fromHex } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { policyOf, type VerdictOptions, verdictOf, withPolicy } from "../../src/policy/verdict.ts";
import { example, file } from "./command.ts";

const at = Date.parse("2026-06-15T12:00:00Z");
const known = JSON.parse(readFileSync(join(example, "../hash.json"), "utf8")) as Record<string, string>;
const evidence = makeSimulated(crypto, fromHex("5d".repeat(32)), new Uint8Array(64).fill(7));
const authentic = verifySimulated(crypto, simulationRoot(crypto), evidence);

function verdict(...args: readonly string[]): unknown {
  const options = withPolicy(new Command().exitOverride())
    .parse(args, { from: "user" })
    .opts<VerdictOptions>();
  try {
    return verdictOf(policyOf(crypto, options), authentic, at);
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

describe("verdictOf", () => {
  const signed = file({ policy: JSON.parse(readFileSync(example, "utf8")), signature: known["signature"] });
  const refused = {
    verdict: "refused",
    reasons: [{ rule: "kind", said: expect.stringContaining("simulated") }],
  };

  it("gives no verdict without a policy", () => expect(verdict()).toEqual({ verdict: null, reasons: [] }));

  it("accepts simulated evidence under a policy that allows it", () =>
    expect(verdict("--policy", file({ version: 1, simulated: { measurements: ["5d".repeat(32)] } }))).toEqual(
      {
        verdict: "accepted",
        reasons: [],
      },
    ));

  it("refuses simulated evidence under any other policy, with reasons", () =>
    expect(verdict("--policy", example)).toEqual(refused));

  it("judges by a pinned or signed policy", () => {
    expect(verdict("--policy", example, "--policy-pin", `0x${known["hash"]}`)).toEqual(refused);
    expect(verdict("--policy", signed, "--policy-signed-by", `0x${known["publicKey"]}`)).toEqual(refused);
  });

  it.each([
    ["cli/bad-argument", "a pin without a policy", () => ["--policy-pin", `0x${known["hash"]}`]],
    [
      "cli/bad-argument",
      "a signer without a policy",
      () => ["--policy-signed-by", `0x${known["publicKey"]}`],
    ],
    ["cli/bad-argument", "a signature that is not checked", () => ["--policy", signed]],
    [
      "policy/wrong-hash",
      "a policy other than the pinned one",
      () => ["--policy", file({ version: 1 }), "--policy-pin", `0x${known["hash"]}`],
    ],
    [
      "policy/not-signed",
      "no signature",
      () => ["--policy", example, "--policy-signed-by", `0x${known["publicKey"]}`],
    ],
    ["json/unknown-key", "a file that is not a policy", () => ["--policy", file({ version: 1, extra: 1 })]],
    ["cli/bad-file", "no file", () => ["--policy", "/nowhere/policy.json"]],
  ])("%s: %s", (code, _, args) => expect(verdict(...args())).toBe(code));
});
