/**
 * Handovers on a chain without a registry, by the policies of the authority that the workers' anchor names.
 */
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyHash } from "@pruntime/core/attestation";
import { fromHex, to0x } from "@pruntime/core/bytes";
import { parseJson } from "@pruntime/core/json";
import { afterAll, describe, expect, it } from "vitest";
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

describe("with a policy key", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const pem = file("key.pem", privateKey.export({ format: "pem", type: "pkcs8" }) as string);
  const key = Uint8Array.from(Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url"));
  const delaySec = 100;

  it("gives keys to code that a policy adds, after the delay, and by consent after an unreadable upgrade", {
    timeout: 240_000,
  }, async () => {
    let elapsedMs = 0;
    const s = await scene(
      { plain: true, now: () => Date.now() - 400_000 + elapsedMs, systemVersions: [3, 4] },
      { meaning: "proven", policyAuthority: { kind: "key", key, delaySec } },
    );
    const source = await connect(s.workers[0]);
    await connect(s.workers[1]);
    const genesis = to0x(s.chain.genesisHash);
    const signed = async (serial: number, text: string): Promise<string> => {
      const [from, out] = [file(`policy-${serial}`, text), join(folder, `signed-${serial}`)];
      const how = ["--key", pem, "--serial", String(serial), "--genesis", genesis, "--out", out];
      expect(await answerOf("policy", "sign", from, ...how)).toMatchObject({ ok: true });
      return out;
    };
    const push = (path: string) => answerOf("policy", "push", path, "--node", s.node);
    /** Waits until both workers have executed the policy. */
    const known = (serial: number) =>
      Promise.all(
        s.workers.map(async (url) => {
          const newest = async () => (await (await connect(url)).status()).policy?.serial;
          await expect.poll(newest, { timeout: 30_000 }).toBe(serial);
        }),
      );

    expect(await handOver(s)).toMatchObject({ ok: false, code: "handover/no-policy" });
    const nobody = await signed(1, '{"version":1}');
    expect(await push(nobody)).toMatchObject({ ok: true, serial: 1, key: to0x(key) });
    await known(1);
    elapsedMs += 1_000 * delaySec;
    const added = await signed(2, policy);
    expect(await push(added)).toMatchObject({ ok: true, serial: 2 });
    await known(2);
    expect((await source.status()).policy_authority).toMatch(/^key:[0-9a-f]{64}:100$/);
    expect(await handOver(s)).toMatchObject({ ok: false, code: "handover/not-accepted" });
    expect(await push(nobody)).toMatchObject({ ok: true }); // on the chain, but no worker goes back to it
    elapsedMs += 1_000 * delaySec;
    const done = await handOver(s);
    expect(done).toMatchObject({ ok: true });
    expect(fromHex(String(done["ecdhPublicKey"]))).toEqual(source.worker.ecdhPublicKey);

    s.chain.upgradeRuntime(); // to a version that neither worker can read
    for (let i = 0; i < 3; i++) s.chain.produceBlock();
    for (const url of s.workers) {
      const unreadable = async () => (await (await connect(url)).status()).runtime_unreadable;
      await expect.poll(unreadable, { timeout: 60_000 }).not.toBeNull();
    }
    expect(await handOver(s)).toMatchObject({ ok: false, code: "handover/no-consent" });
    const consent = join(folder, "consent");
    const again = handOver(s, "--consent", consent);
    await expect.poll(() => existsSync(`${consent}.request`), { timeout: 60_000 }).toBe(true);
    const how = ["--key", pem, "--out", consent];
    expect(await answerOf("policy", "consent", `${consent}.request`, ...how)).toMatchObject({
      genesis,
      key: to0x(key),
    });
    expect(await again).toMatchObject({ ok: true });
  });
});
