/**
 * Handovers on a chain without a registry, by the policies of the authority that the workers' anchor names.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyHash } from "@pruntime/core/attestation";
import { fromHex, to0x } from "@pruntime/core/bytes";
import { parseJson } from "@pruntime/core/json";
import { afterAll, expect, it } from "vitest";
import { developmentPolicy } from "../../cli/src/worker/local-trust.ts";
import { run } from "./processes.ts";
import { connect, crypto, type Scene, scene, side } from "./two-workers.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-policy-authority-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** Runs a command, and returns its JSON. */
async function answerOf(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(...args, "--json");
  return JSON.parse(stdout) as Record<string, unknown>;
}

function handOver({ node, workers: [from, to] }: Scene, ...more: readonly string[]) {
  const sides = [...side("from", from), ...side("to", to)];
  return answerOf("handover", ...sides, "--node", node, "--signer", "//Alice", ...more);
}

/** The policy that accepts this checkout's enclave. */
const policy = developmentPolicy();

it("gives keys by the policy whose hash the anchor names", { timeout: 120_000 }, async () => {
  const hash = policyHash(crypto, parseJson(policy));
  const policyAuthority = { kind: "hash", hash } as const;
  const s = await scene({ plain: true }, { meaning: "proven", policyAuthority });
  const [source, receiver] = [await connect(s.workers[0]), await connect(s.workers[1])];
  expect((await source.status()).policy_authority).toBe(`hash:${to0x(hash).slice(2)}`);
  expect(receiver.worker.ecdhPublicKey).not.toEqual(source.worker.ecdhPublicKey);
  expect(await handOver(s)).toMatchObject({ ok: false, code: "handover/no-policy" });
  const other = file("other", policy.replace(/"[0-9a-f]{64}"/, `"${"00".repeat(32)}"`));
  expect(await handOver(s, "--policy", other)).toMatchObject({ ok: false, code: "policy/wrong-hash" });
  const done = await handOver(s, "--policy", file("policy", policy));
  expect(done["ok"]).toBe(true);
  expect(fromHex(String(done["ecdhPublicKey"]))).toEqual(source.worker.ecdhPublicKey);
});
