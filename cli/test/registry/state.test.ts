import { from0x, to0x, utf8 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { encode, Writer } from "@pruntime/core/scale";
import { registryPolicyKey, registryWorkersPrefix, timestampNowKey } from "@pruntime/core/storage-key";
import { type NodeConnection, SubstrateNode } from "@pruntime/relay";
import { expect, it } from "vitest";
import { readRegistry } from "../../src/registry/state.ts";

const record = new Writer()
  .raw(new Uint8Array(32))
  .u8(6)
  .compact(0)
  .u8(9)
  .compact(0)
  .raw(new Uint8Array(65 + 32 + 32))
  .u32(1)
  .u64(0n)
  .u32(0)
  .raw(new Uint8Array(64))
  .vecU8(utf8("[]"))
  .finish();

/** Makes a node whose state has only the chain time and a registry with `workers` workers. */
function nodeWith(workers: number, policy: string | undefined): SubstrateNode {
  const prefix = registryWorkersPrefix(crypto);
  const keys = Array.from(
    { length: workers },
    (_, i) => `${to0x(prefix)}${i.toString(16).padStart(2 * (16 + 33), "0")}`,
  );
  const state = new Map([
    ...keys.map((key) => [key, to0x(record)] as const),
    [to0x(timestampNowKey(crypto)), to0x(encode(1_700_000_000_000n, (w, ms) => w.u64(ms)))] as const,
  ]);
  if (policy !== undefined)
    state.set(to0x(registryPolicyKey(crypto)), to0x(encode(utf8(policy), (w, text) => w.vecU8(text))));
  const answer = (method: string, params: readonly unknown[]): unknown => {
    switch (method) {
      case "chain_getHeader":
        return { number: "0x05" };
      case "state_getStorage":
        return state.get(String(params[0])) ?? null;
      case "state_getKeysPaged": {
        const [, count, start] = params as [string, number, string | null];
        const from = start === null ? 0 : keys.indexOf(start) + 1;
        return keys.slice(from, from + count);
      }
      default:
        return `0x${"05".repeat(32)}`;
    }
  };
  const request = (method: string, ...params: readonly unknown[]): Promise<unknown> =>
    Promise.resolve(answer(method, params));
  return new SubstrateNode({ url: "ws://stub", request } as unknown as NodeConnection, crypto);
}

it.each([0, 1, 256, 257, 600])("reads all of %i workers, page by page", async (count) => {
  const { workers, at, timeMs } = await readRegistry(nodeWith(count, '{"version":1}'), crypto);
  expect([workers.length, at.number, timeMs]).toEqual([count, 5, 1_700_000_000_000]);
  expect(new Set(workers.map(({ publicKey }) => to0x(publicKey))).size).toBe(count);
  const last = count === 0 ? undefined : from0x(`0x${(count - 1).toString(16).padStart(66, "0")}`);
  expect(workers.at(-1)?.publicKey).toEqual(last);
});

it("treats a registry that states no mode as in production mode", async () => {
  expect((await readRegistry(nodeWith(1, '{"version":1}'), crypto)).mode).toBe("production");
});

it("cli/no-registry: a chain without a registry", async () => {
  await expect(readRegistry(nodeWith(0, undefined), crypto)).rejects.toMatchObject({
    code: "cli/no-registry",
  });
});
