/** `pruntime recovery sign`, and the recovery keys of `--recovery-keys`. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { from0x, to0x } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { decodeRecovery, encodeCheckpoint, verifyRecovery } from "@pruntime/core/light-client";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { after, at9, clientAt, root, setOf } from "../../../trusted/core/test/warp/chain.ts";
import { registerRecovery } from "../../src/commands/recovery.ts";
import { anchoredTerms, recoveryKeys, termsOf } from "../../src/start/terms.ts";

const folder = mkdtempSync(join(tmpdir(), "pruntime-recovery-"));
let count = 0;
const file = (text: string): string => {
  const path = join(folder, String(count++));
  writeFileSync(path, text);
  return path;
};

/** A key in a PEM file, and its public key. */
function newKey(): { readonly path: string; readonly publicKey: Uint8Array } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { x = "" } = publicKey.export({ format: "jwk" });
  return {
    path: file(privateKey.export({ format: "pem", type: "pkcs8" }) as string),
    publicKey: Uint8Array.from(Buffer.from(x, "base64url")),
  };
}

async function run(...args: readonly string[]): Promise<number> {
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const program = new Command("pruntime").exitOverride();
    registerRecovery(program);
    await program.parseAsync(["recovery", ...args], { from: "user" });
    return Number(process.exitCode);
  } finally {
    process.exitCode = before;
  }
}

const at10 = after(at9, 1);
const anchor = `0x${"07".repeat(32)}`;
const checkpoint = file(
  encodeCheckpoint({
    genesisHash: root.hash,
    encodedHeader: after(at10, 2).encoded,
    authorities: setOf(3),
    pending: [],
  }),
);

describe("pruntime recovery sign", () => {
  it("signs a checkpoint, and adds the signatures of other keys", async () => {
    const [one, two] = [newKey(), newKey()];
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    const terms = ["--anchor", anchor, "--replaces", "2"];
    expect(await run("sign", checkpoint, ...terms, "--key", one.path, "--out", first)).toBe(0);
    expect(await run("sign", first, "--key", two.path, "--out", second)).toBe(0);
    expect(await run("sign", second, "--key", two.path, "--out", second)).toBe(0);
    const recovery = decodeRecovery(readFileSync(second, "utf8").trim());
    expect(recovery.signatures.map(({ key }) => to0x(key))).toEqual([one, two].map((k) => to0x(k.publicKey)));
    const list = file(
      JSON.stringify({ threshold: 2, keys: [one, two].map(({ publicKey }) => to0x(publicKey)) }),
    );
    const trust = { anchor: from0x(anchor), keys: recoveryKeys(list) };
    const headers = [after(at10, 1).encoded];
    const { next } = verifyRecovery(crypto, trust, clientAt(at10, 2), { recovery, headers });
    expect(next.finalized.number).toBe(12);
  });

  it.each([
    ["a checkpoint without --replaces", 2, () => [checkpoint, "--anchor", anchor]],
    ["a checkpoint without --anchor", 2, () => [checkpoint, "--replaces", "2"]],
    ["a file that is not a checkpoint", 1, () => [file("{}"), "--anchor", anchor, "--replaces", "2"]],
    [
      "a recovery with another anchor",
      2,
      () => [join(folder, "first"), "--anchor", anchor, "--replaces", "2"],
    ],
  ])("refuses %s", async (_, exit, args) =>
    expect(await run("sign", ...args(), "--key", newKey().path)).toBe(exit),
  );
});

it("--recovery-keys: keys are sorted, and are part of the anchor and of the worker's start", () => {
  const [low, high] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const read = recoveryKeys(file(JSON.stringify({ keys: [to0x(high), to0x(low)], threshold: 1 })));
  expect(read).toEqual({ threshold: 1, keys: [low, high] });
  const flags = { told: false, recoveryKeys: read };
  expect(anchoredTerms(flags)).toEqual({ recovery: read });
  expect(termsOf(flags).recoveryKeys).toEqual(read);
});
