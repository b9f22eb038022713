/** `pruntime anchor` computes the anchor that a worker gets from the same options. */

import { genesisAnchor } from "@pruntime/client/finality";
import { from0x, fromBase64, to0x } from "@pruntime/core/bytes";
import type { AnchorTerms } from "@pruntime/core/light-client";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain, serveDevchain } from "@pruntime/devchain";
import { Command } from "commander";
import { afterAll, expect, it, vi } from "vitest";
import { registerAnchor } from "../../src/commands/anchor.ts";
import { file } from "../offline/command.ts";
import { rawState } from "./raw-state.ts";

const crypto = await createNativeCrypto();
const chain = await createDevchain({ crypto, mode: { kind: "manual" } });
const node = await serveDevchain(chain);
afterAll(async () => {
  await node.close();
  chain.close();
});
const genesis = to0x(chain.genesisHash);
const top = rawState(chain);
const spec = file(".json", { genesis: { raw: { top } } });

async function anchor(...flags: readonly string[]): Promise<unknown> {
  const program = new Command("pruntime");
  registerAnchor(program);
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    await program.parseAsync(["anchor", "--node", node.url, "--json", ...flags], { from: "user" });
  } finally {
    write.mockRestore();
    process.exitCode = 0;
  }
  return JSON.parse(lines.join(""));
}

const expected = (terms: Partial<AnchorTerms>) => ({
  ok: true,
  anchor: to0x(genesisAnchor(chain.genesisHash, fromBase64(bridgeInitInfo(chain)), terms, crypto)),
});
const development = { genesisBalance: { kind: "development" }, channelV1: true } as const;
const none = { genesisBalance: { kind: "none" }, channelV1: false } as const;
const policyKey = `0x${"0b".repeat(32)}`;
const noBalance = { genesisBalance: { kind: "none" } } as const;
const told = { meaning: { kind: "told", metadata: chain.metadata(14) } } as const;

it.each<readonly [string, readonly string[], Partial<AnchorTerms>]>([
  ["the node", [], development],
  ["the node, with metadata on trust", ["--told"], { ...development, ...told }],
  ["the node, with another genesis balance", ["--genesis-balance", "none"], { ...development, ...noBalance }],
  ["the node, without channel v1", ["--no-channel-v1"], { ...development, channelV1: false }],
  [
    "the node, with a policy's hash",
    ["--policy-authority", `hash:0x${"07".repeat(32)}`],
    { ...development, policyAuthority: { kind: "hash", hash: new Uint8Array(32).fill(7) } },
  ],
  [
    "the node, with a policy key",
    ["--policy-authority", `key:${policyKey}`],
    { ...development, policyAuthority: { kind: "key", key: from0x(policyKey), delaySec: 0 } },
  ],
  [
    "the node, with a policy key and a delay",
    ["--policy-authority", `key:${policyKey}:60`],
    { ...development, policyAuthority: { kind: "key", key: from0x(policyKey), delaySec: 60 } },
  ],
  [
    "a specification, with a policy key",
    ["--spec", spec, "--policy-authority", `key:${policyKey}`],
    { ...none, policyAuthority: { kind: "key", key: from0x(policyKey), delaySec: 7 * 86_400 } },
  ],
  ["a specification", ["--spec", spec], none],
  [
    "a specification, with the development balance",
    ["--spec", spec, "--genesis-balance", "development"],
    { ...development, channelV1: false },
  ],
  [
    "a specification, with the terms of a development chain",
    ["--spec", spec, "--genesis-balance", "development", "--channel-v1"],
    development,
  ],
])("from %s", async (_, flags, terms) => {
  expect(await anchor("--genesis", genesis, ...flags)).toEqual(expected(terms));
});

it("from the node alone, whose genesis hash it names as unchecked", async () => {
  expect(await anchor()).toEqual({ ...expected(development), unchecked_genesis: genesis });
});

it.each([
  ["cli/bad-argument", ["--spec", spec]],
  ["cli/bad-argument", ["--genesis", genesis, "--checkpoint", spec]],
  ["cli/other-genesis", ["--genesis", `0x${"00".repeat(32)}`, "--spec", spec]],
  ["client/wrong-chain", ["--genesis", `0x${"00".repeat(32)}`]],
  ["cli/bad-argument", ["--genesis", genesis, "--spec", spec, "--told"]],
])("%s: refuses options that contradict the chain or each other", async (code, flags) => {
  expect(await anchor(...flags)).toMatchObject({ ok: false, code });
});
