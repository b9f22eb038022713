/** What a relay gives a fresh worker, and how it feeds a worker that cannot read the chain's runtime. */
import { stateFullSentence } from "@pruntime/api";
import { fromBase64 } from "@pruntime/core/bytes";
import { type NamedAuthority, relayMetrics } from "@pruntime/relay";
import { describe, expect, it } from "vitest";
import { blocks, scene, spans, until } from "../support/scene.ts";

describe("a fresh worker", () => {
  it("is given a proof of the runtime's code, and the terms of a development chain", async () => {
    const s = await scene();
    s.relay();
    await until(() => s.worker.initInput() !== undefined);
    expect(s.worker.initInput()).toMatchObject({ genesis_balance: "development", channel_v1: true });
    expect(s.worker.initInput()).toHaveProperty("code_proof_b64");
    expect(s.worker.initInput()).not.toHaveProperty("runtime_metadata_b64");
    expect(s.worker.initInput()).not.toHaveProperty("policy_authority");
  });

  it("is given the policy authority that its operator names", async () => {
    const bytes = new Uint8Array(32).fill(7);
    const named: readonly (readonly [NamedAuthority, string])[] = [
      [{ kind: "hash", hash: bytes }, `hash:${"07".repeat(32)}`],
      [{ kind: "key", key: bytes, delaySec: 9 }, `key:${"07".repeat(32)}:9`],
      [{ kind: "key", key: bytes }, `key:${"07".repeat(32)}:0`], // on a development chain
    ];
    for (const [policyAuthority, policy_authority] of named) {
      const s = await scene();
      s.relay({ terms: { meaning: "proven", policyAuthority } });
      await until(() => s.worker.initInput() !== undefined);
      expect(s.worker.initInput()).toMatchObject({ policy_authority });
    }
  });

  it("is given metadata on trust, and other balances, only if its operator says so", async () => {
    const s = await scene();
    s.relay({ terms: { meaning: "told", genesisBalance: { kind: "none" }, channelV1: false } });
    await until(() => s.worker.initInput() !== undefined);
    const { runtime_metadata_b64, ...rest } = s.worker.initInput()!;
    expect(fromBase64(String(runtime_metadata_b64))).toEqual(s.chain.metadata(14));
    expect(rest).toMatchObject({ genesis_balance: "none", channel_v1: false });
    expect(rest).not.toHaveProperty("code_proof_b64");
  });

  it("is given prepared input instead, if there is such input", async () => {
    const s = await scene();
    s.relay();
    await until(() => s.worker.initInput() !== undefined);
    const prepared = { ...s.worker.initInput(), genesis_balance: "none", skip_ra: true };
    const other = await scene();
    other.relay({ initInput: prepared });
    await until(() => other.worker.initInput() !== undefined);
    expect(other.worker.initInput()).toEqual(prepared);
  });

  it.each(["code/no-metadata", "code/not-in-state", "metadata/bad-magic"])(
    "that refuses the code with %s ends the relay, which gives no metadata instead",
    async (reason) => {
      const s = await scene();
      s.worker.refuse(reason);
      await expect(s.relay().ended).rejects.toMatchObject({
        detail: { code: "relay/runtime-unreadable", reason },
      });
      expect(s.worker.initInput()).toBeUndefined();
    },
  );
});

it("a worker whose state is full gets headers only, and the operator reads why, once", async () => {
  const s = await scene();
  s.worker.fillAt(3);
  blocks(s.chain, 4);
  s.relay();
  const sentence = stateFullSentence({ bytes: "12", limit: "10", since: 3 });
  await until(() => s.notes.includes(sentence));
  for (let tip = 5; tip < 8; tip++) {
    blocks(s.chain, 1);
    await until(() => s.worker.finalized() === tip);
  }
  expect(s.worker.dispatched()).toBe(2);
  expect(s.notes.filter((line) => line === sentence)).toHaveLength(1);
  const metrics = () => relayMetrics(s.stats, () => undefined).metrics();
  expect(await metrics()).toContain("pruntime_relay_worker_state_full_since_block 3\n");
  s.worker.fillAt(undefined); // started with a larger heap
  await until(() => s.worker.dispatched() === 7);
  expect(await metrics()).toContain("pruntime_relay_worker_state_full 0\n");
});

it("a worker that cannot read the runtime gets headers and no more blocks", async () => {
  const s = await scene();
  blocks(s.chain, 3);
  s.relay();
  await until(() => s.worker.dispatched() === 3);
  s.worker.stopReading("code/no-metadata");
  blocks(s.chain, 5);
  await until(() => s.worker.finalized() === 8);
  blocks(s.chain, 1);
  await until(() => s.worker.finalized() === 9);
  expect(s.worker.dispatched()).toBe(3);
  expect(spans(s, "dispatch_block").some((span) => span.endsWith("..3"))).toBe(true);
});
