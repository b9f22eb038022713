import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SignedMessage } from "@pruntime/core/crypto";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fastVerify } from "../src/ed25519.ts";
import { startVerifyPool } from "../src/verify-pool.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const rawKey = Uint8Array.from(publicKey.export({ format: "der", type: "spki" }).subarray(12));

/**
 * Signed messages of different lengths. The signature of every `badEvery`th item covers a message other than
 * the item's own. The signature of every 13th item is one byte too short.
 */
function batch(
  count: number,
  badEvery = 5,
): { readonly items: SignedMessage[]; readonly expected: boolean[] } {
  const items = Array.from({ length: count }, (_, i): SignedMessage => {
    const message = new Uint8Array(i % 60).fill(i);
    const signature = Uint8Array.from(
      sign(null, i % badEvery === 0 ? new Uint8Array(99) : message, privateKey),
    );
    return { publicKey: rawKey, message, signature: i % 13 === 12 ? signature.subarray(1) : signature };
  });
  return { items, expected: items.map((_, i) => i % badEvery !== 0 && i % 13 !== 12) };
}

const fast = fastVerify(undefined);
const { items, expected } = batch(200);

describe("verifying threads", () => {
  it("return the calling thread's verdicts, in order, for batches of every size", async () => {
    const pool = startVerifyPool({ workers: 2, fast });
    await sleep(200); // give the threads time to start, so that they share the work
    for (const count of [0, 1, 15, 16, 17, 19, 20, 21, 63, 200]) {
      const some = batch(count);
      expect(pool.verifyAll(some.items)).toEqual(some.expected);
    }
  });

  it("share the work", async () => {
    let calls = 0;
    const slow = (item: SignedMessage): boolean => {
      calls++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      return fast(item);
    };
    const pool = startVerifyPool({ workers: 1, fast: slow });
    const wellFormed = items.filter(({ signature }) => signature.length === 64).length;
    do {
      await sleep(20); // the thread may still be starting
      calls = 0;
      expect(pool.verifyAll(items)).toEqual(expected);
    } while (calls === wellFormed);
    expect(calls).toBeLessThan(wellFormed);
  });

  it("return verdicts before they have started", () => {
    const pool = startVerifyPool({ workers: 2, fast });
    for (let i = 0; i < 5; i++) expect(pool.verifyAll(items)).toEqual(expected);
  });

  const claims = `const control = new Int32Array(batch, 0, 2); Atomics.add(control, 0, 4);`;
  const onBatch = (act: string) =>
    `require("node:worker_threads").parentPort.on("message", ({ batch }) => { ${act} });`;
  it.each([
    ["claim items and die", onBatch(`${claims} process.exit(1);`)],
    ["claim items and throw", onBatch(`${claims} throw new Error("dead");`)],
    [
      "claim items and hang",
      onBatch(`${claims} for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);`),
    ],
    ["die at once", "process.exit(1)"],
    ["throw at once", "throw new Error('dead')"],
    ["have invalid source", "}{"],
  ])("do not change the verdicts if they %s", async (_, source) => {
    const pool = startVerifyPool({ workers: 2, fast, source });
    for (let i = 0; i < 6; i++) {
      expect(pool.verifyAll(items)).toEqual(expected);
      await sleep(20);
    }
  });

  it("are replaced when they die, but not forever", async () => {
    const pool = startVerifyPool({ workers: 1, fast, source: onBatch("process.exit(1)") });
    const seen: number[] = [];
    for (let i = 0; i < 6; i++) {
      pool.verifyAll(items);
      seen.push(pool.alive());
      for (let wait = 0; wait < 100 && pool.alive() > 0; wait++) await sleep(20);
    }
    expect(seen).toEqual([1, 1, 1, 1, 0, 0]);
    expect(pool.verifyAll(items)).toEqual(expected);
  });
});

const program = `
import { createNativeCrypto } from "./crypto/src/index.ts";
import { generateKeyPairSync, sign } from "node:crypto";
const crypto = await createNativeCrypto({ verifyWorkers: 2 });
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const key = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(12));
const message = new Uint8Array(50);
const signature = new Uint8Array(sign(null, message, privateKey));
const signatureAt = (i) => (i === 7 ? new Uint8Array(64) : signature);
const items = Array.from({ length: 500 }, (_, i) => ({ publicKey: key, message, signature: signatureAt(i) }));
let refusals = [];
for (let round = 0; round < 5; round++) {
  refusals = [...crypto.ed25519.verifyVotes(items, 1)].flatMap((holds, i) => (holds ? [] : [i]));
  await new Promise((resolve) => setTimeout(resolve, 50));
}
process.stdout.write(JSON.stringify(refusals));
`;
const permissionFlag = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";

describe("a bundled program with verifying threads", () => {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-verify-"));
  const bundle = join(folder, "verify.mjs");

  beforeAll(async () => {
    await build({
      stdin: { contents: program, resolveDir: join(import.meta.dirname, "../..") },
      banner: {
        js: 'import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);',
      },
      ...{ bundle: true, minify: true, platform: "node", format: "esm", outfile: bundle, logLevel: "error" },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["without flags", []],
    ["where threads are allowed", [permissionFlag, "--allow-worker", `--allow-fs-read=${bundle}`]],
    ["where threads are not allowed", [permissionFlag, `--allow-fs-read=${bundle}`]],
  ])("answers and exits, %s", (_, flags) => {
    const run = spawnSync(process.execPath, [...flags, bundle], { encoding: "utf8", timeout: 20_000 });
    expect([run.stdout, run.status, run.signal]).toEqual(["[7]", 0, null]);
  });
});
