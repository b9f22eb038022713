import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const program = `
import { createNativeCrypto } from "./crypto/src/index.ts";
const plain = await createNativeCrypto();
const withAddons = await createNativeCrypto({ addons: true });
const digest = (crypto) => Buffer.from(crypto.blake2b256(crypto.twox128(new Uint8Array(3)))).toString("hex");
process.stdout.write(JSON.stringify([plain.name, withAddons.name, digest(plain), digest(withAddons)]));
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

  it("starts without the addon that it may not load", () => {
    const run = spawnSync(process.execPath, [permissionFlag, `--allow-fs-read=${bundle}`, bundle], {
      encoding: "utf8",
    });
    const [plain, withAddons, digest, again] = JSON.parse(run.stdout) as string[];
    expect([plain, withAddons]).toEqual(["native (OpenSSL, wasm)", "native (OpenSSL, wasm)"]);
    expect(again).toBe(digest);
  });
});
