import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const program = `
import { generateKeyPairSync, sign } from "node:crypto";
import { createNativeCrypto } from "./crypto/src/index.ts";
const plain = await createNativeCrypto();
const withAddons = await createNativeCrypto({ addons: true });
const digest = (crypto) => Buffer.from(crypto.blake2b256(crypto.twox128(new Uint8Array(3)))).toString("hex");
const background = await createNativeCrypto({ background: true });
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const key = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(12));
const message = new Uint8Array(50);
const good = new Uint8Array(sign(null, message, privateKey));
const signatureAt = (i) => (i === 7 ? new Uint8Array(64) : good);
const items = Array.from({ length: 100 }, (_, i) => ({ publicKey: key, message, signature: signatureAt(i) }));
const verdicts = [];
for (const verdict of background.ed25519.verifyVotes(items, 1)) verdicts.push((await verdict) ?? "waited");
const refused = verdicts.filter((verdict) => verdict !== "waited").indexOf(false);
const waits = verdicts.filter((verdict) => verdict === "waited").length;
const names = [plain.name, withAddons.name];
process.stdout.write(JSON.stringify([...names, digest(plain), digest(withAddons), waits, refused]));
`;
const permissionFlag = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";

describe("the native implementation, bundled and run under Node's permission flags", () => {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-crypto-"));
  const bundle = join(folder, "crypto.mjs");

  beforeAll(async () => {
    await build({
      stdin: { contents: program, resolveDir: join(import.meta.dirname, "../..") },
      banner: {
        js: 'import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);',
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: bundle,
      logLevel: "error",
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("starts without the addon that it may not load, and verifies votes on other threads", () => {
    const run = spawnSync(process.execPath, [permissionFlag, `--allow-fs-read=${bundle}`, bundle], {
      encoding: "utf8",
    });
    const [plain, withAddons, digest, again, ...votes] = JSON.parse(run.stdout) as unknown[];
    expect([plain, withAddons]).toEqual(["native (OpenSSL, wasm)", "native (OpenSSL, wasm)"]);
    expect(again).toBe(digest);
    expect(votes).toEqual([2, 7]);
  });
});
