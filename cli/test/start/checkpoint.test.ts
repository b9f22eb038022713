/** `pruntime checkpoint --spec` tries the checkpoint of a chain specification before it writes it. */
import { existsSync } from "node:fs";
import { to0x } from "@pruntime/core/bytes";
import { encode } from "@pruntime/core/scale";
import { grandpaAuthoritiesKey } from "@pruntime/core/storage-key";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { createDevchain, serveDevchain } from "@pruntime/devchain";
import { Command } from "commander";
import { afterAll, expect, it, vi } from "vitest";
import { registerCheckpoint } from "../../src/commands/checkpoint.ts";
import { file } from "../offline/command.ts";
import { rawState } from "./raw-state.ts";

const crypto = await createNativeCrypto();
const chain = await createDevchain({ crypto, mode: { kind: "manual" } });
const node = await serveDevchain(chain);
afterAll(async () => {
  await node.close();
  chain.close();
});
for (let i = 0; i < 6; i++) chain.produceBlock();

const top = rawState(chain);

/** A specification whose checkpoint is at block 4, under this set id. */
function specWith(setId: bigint): string {
  const authorities = chain.stateOf(chain.genesis).get(grandpaAuthoritiesKey(crypto))!;
  const record = encode(authorities, (w, list) =>
    w.raw(list).u64(setId).compact(0).u8(0).compact(0).compact(0),
  );
  const lightSyncState = {
    finalizedBlockHeader: to0x(chain.blockAt(4)!.encodedHeader),
    grandpaAuthoritySet: to0x(record),
  };
  return file(".json", { genesis: { raw: { top } }, lightSyncState });
}

async function checkpoint(
  ...flags: readonly string[]
): Promise<{ readonly out: string; readonly result: unknown }> {
  const program = new Command("pruntime");
  registerCheckpoint(program);
  const out = `${file(".txt", "")}.checkpoint.json`;
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    await program.parseAsync(["checkpoint", "--json", "--out", out, ...flags], { from: "user" });
  } finally {
    write.mockRestore();
    process.exitCode = 0;
  }
  return { out, result: JSON.parse(lines.join("")) };
}

it("writes a checkpoint whose authorities signed a later block of the node", async () => {
  const { out, result } = await checkpoint("--spec", specWith(0n), "--node", node.url);
  expect(result).toMatchObject({ ok: true, number: 4, authorities: 4 });
  expect(existsSync(out)).toBe(true);
});

it.each([
  ["relay/checkpoint-unsigned", "that no later block was signed under", 3n, node.url],
  ["cli/checkpoint-untried", "that no node tries", 0n, "ws://127.0.0.1:9"],
])("%s: writes no checkpoint %s", async (code, _, setId, url) => {
  const { out, result } = await checkpoint("--spec", specWith(setId), "--node", url);
  expect(result).toMatchObject({ ok: false, code });
  expect(existsSync(out)).toBe(false);
});
