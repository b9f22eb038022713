import { toHex, utf8 } from "@pruntime/core/bytes";
import { canonicalJson } from "@pruntime/core/json";
import { createDevchain } from "@pruntime/devchain";
import type { Event } from "@pruntime/runtime";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { alice, bob } from "./support/devchain.ts";
import { extrinsic2020, pushCommand2020, TinyChain } from "./support/tiny-chain.ts";
import { held, newRuntime, take } from "./support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);

const payload = utf8(
  canonicalJson({ Plain: canonicalJson({ Transfer: { dest: toHex(bob.id), value: "5" } }) }),
);
const chain = new TinyChain();
for (let i = 0; i < 2; i++)
  chain.grow({
    extrinsics: [extrinsic2020(pushCommand2020(2, payload), alice.id)],
    events: Uint8Array.of(0),
  });

const byBodies = () => {
  const runtime = newRuntime();
  take(runtime, chain.init());
  return runtime;
};
const byEvents = (finalized = 0) => {
  const runtime = newRuntime();
  take(runtime, chain.init(metadata));
  if (finalized > 0) take(runtime, chain.headers(1, finalized));
  return runtime;
};

/** Copies of `bytes`, each with one changed bit. The changed bits are `stride` bits apart. */
function* flips(bytes: Uint8Array, stride: number): Iterable<Uint8Array> {
  for (let bit = 0; bit < 8 * bytes.length; bit += stride) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    yield flipped;
  }
}

describe("one changed bit never leads to a different state", () => {
  const cases: readonly (readonly [
    string,
    () => ReturnType<typeof byBodies>,
    Uint8Array,
    (bytes: Uint8Array) => Event,
  ])[] = [
    ["in a body", byBodies, chain.body(1).block, (block) => ({ kind: "body", block })],
    [
      "in a header",
      byEvents,
      chain.headers(1, 1).headers[0]!,
      (header) => ({ kind: "headers", headers: [header], authoritySetChange: undefined }),
    ],
    [
      "in a block with events",
      () => byEvents(1),
      chain.dispatch(1, 1).blocks[0]!,
      (block) => ({ kind: "blocks", blocks: [block] }),
    ],
  ];

  it.each(cases)("%s", (_, started, bytes, event) => {
    const honest = started();
    const before = held(honest);
    take(honest, event(bytes));
    const after = held(honest);
    let runtime = started();
    for (const flipped of flips(bytes, 13)) {
      const { ok } = runtime.accept(event(flipped));
      const now = held(runtime);
      // A flip can lower the block's number. The worker then skips the block as already dispatched.
      expect(now === before || (ok && now === after)).toBe(true);
      if (now !== before) runtime = started();
    }
  });
});

describe("no event throws past accept", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.constant(chain.body(2).block),
    fc.constant(chain.headers(1, 2).headers[1]!),
  );
  const events: fc.Arbitrary<Event> = fc.oneof(
    fc.record({
      kind: fc.constant("headers" as const),
      headers: fc.array(bytes, { maxLength: 4 }),
      authoritySetChange: fc.option(bytes, { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant("blocks" as const),
      blocks: fc.array(bytes, { maxLength: 4 }),
      bodies: fc.array(bytes, { maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant("body" as const), block: bytes }),
    fc.record({ kind: fc.constant("load" as const), dump: bytes }),
    fc.record({ kind: fc.constant("set-data" as const), path: fc.string(), bytes }),
    fc.record({ kind: fc.constant("get-data" as const), path: fc.string() }),
    fc.record({
      kind: fc.constant("init" as const),
      start: fc.oneof(
        fc.record({ kind: fc.constant("genesis" as const), info: bytes }),
        fc.record({ kind: fc.constant("checkpoint" as const), text: fc.oneof(fc.string(), fc.json()) }),
      ),
      meaning: fc.oneof(
        fc.constant({ kind: "bodies" as const }),
        fc.record({ kind: fc.constant("told" as const), metadata: bytes }),
        fc.record({ kind: fc.constant("proven" as const), codeProof: fc.array(bytes, { maxLength: 4 }) }),
      ),
      genesisBalance: fc.constantFrom({ kind: "none" as const }, { kind: "development" as const }),
    }),
    fc.record({
      kind: fc.constant("para-headers" as const),
      headers: fc.array(bytes, { maxLength: 4 }),
      proof: fc.array(bytes, { maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant("code" as const), proof: fc.array(bytes, { maxLength: 4 }) }),
    fc.record({
      kind: fc.constant("query" as const),
      query: fc.record({
        queryPayload: fc.oneof(fc.string(), fc.json()),
        origin: fc.option(
          fc.record({
            origin: fc.string(),
            sigB64: fc.base64String(),
            sigType: fc.constantFrom("sr25519", "ed25519", "ecdsa", "eip191", "x"),
          }),
          { nil: undefined },
        ),
      }),
    }),
  );

  it.each([
    ["before init", newRuntime],
    ["following bodies", byBodies],
    ["following events", byEvents],
  ])("%s", (_, started) =>
    fc.assert(
      fc.property(fc.array(events, { minLength: 1, maxLength: 6 }), (told) => {
        const runtime = started();
        for (const event of told) {
          const before = held(runtime);
          const outcome = runtime.accept(event);
          if (outcome.ok) continue;
          expect(outcome.error.code).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
          expect(outcome.error.code).not.toBe("runtime/halted");
          expect(held(runtime)).toBe(before);
        }
      }),
      { numRuns: 150 },
    ),
  );
});
