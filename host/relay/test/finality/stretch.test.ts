import { setTimeout as sleep } from "node:timers/promises";
import { to0x, toBase64 } from "@pruntime/core/bytes";
import { encodeHeader } from "@pruntime/core/chain";
import { encode } from "@pruntime/core/scale";
import { type Faults, faults } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { multiplesOf } from "../../src/finality/stored.ts";
import { blocks, type Scene, scene, spans, until } from "../support/scene.ts";

/** Makes the node refuse every `grandpa_` method, like a node that does not offer GRANDPA's RPC. */
const noGrandpaRpc: Faults = {
  refuses: (method) =>
    method.startsWith("grandpa_") ? { code: -32601, message: "Method not found" } : undefined,
};

/** Counts the requests to the node in `into`, by method. */
function counting(into: Map<string, number>, faultsToo: Faults = {}): Faults {
  return {
    ...faultsToo,
    refuses: (method) => {
      into.set(method, (into.get(method) ?? 0) + 1);
      return faultsToo.refuses?.(method);
    },
  };
}

describe("sources of finality proofs", () => {
  it("uses the justification stored with the last wanted block", async () => {
    const s = await scene();
    blocks(s.chain, 5);
    s.relay();
    await until(() => s.stats.headers === 5); // counted once the worker has answered
    expect(s.stats.proofs).toEqual({ stored: 1, "prove-finality": 0, period: 0, announced: 0 });
  });

  it("calls grandpa_proveFinality if no justification is stored, and uses the answer's headers", async () => {
    const methods = new Map<string, number>();
    const s = await scene({ strict: true, faults: counting(methods) });
    blocks(s.chain, 120, [90]);
    s.relay({ headersPerBatch: 10 });
    await until(() => s.stats.headers === 120); // counted once the worker has answered
    expect(spans(s, "sync_header")).toEqual(["1..91", "92..120"]);
    expect(s.stats.proofs["prove-finality"]).toBe(2);
    expect(methods.get("chain_getHeader")).toBeLessThan(30);
  });

  it("does not use a proof of blocks before the requested block", async () => {
    const old: { answer?: string } = {};
    const s = await scene({
      strict: true,
      justificationPeriod: 64,
      faults: {
        result: (method, genuine) => (method === "grandpa_proveFinality" ? old.answer : genuine),
      },
    });
    blocks(s.chain, 70, [2]);
    const { target, justification } = s.chain.proveFinality(1)!;
    old.answer = to0x(
      encode([], (w) =>
        w
          .raw(target.hash)
          .vecU8(justification)
          .vec([], () => undefined),
      ),
    );
    s.relay();
    // Block 3 ends set 0, and 64 is a multiple of the justification period. The proof of 1..3 does not prove
    // block 4 or later blocks.
    await until(() => s.worker.finalized() === 64);
    expect(spans(s, "sync_header")).toEqual(["1..3", "4..64"]);
    expect(s.worker.refused()).toBeUndefined();
  });

  it("finds justifications at multiples of the period without GRANDPA's RPC, with few requests", async () => {
    const methods = new Map<string, number>();
    const s = await scene({ strict: true, justificationPeriod: 64, faults: counting(methods, noGrandpaRpc) });
    blocks(s.chain, 200, [99]);
    s.relay({ headersPerBatch: 30 });
    await until(() => s.worker.finalized() === 192);
    expect(spans(s, "sync_header")).toEqual(["1..64", "65..100", "101..128", "129..192"]);
    await until(() =>
      s.notes.some((line) => line.startsWith("waiting for a finality proof of block 193 or")),
    );
    expect(methods.get("chain_getBlock")).toBeLessThan(60);
    expect(methods.get("grandpa_proveFinality")).toBe(1);
  });

  it("finds the justification of the head if the relay does not try the node's period", async () => {
    const s = await scene({ strict: true, justificationPeriod: 77, faults: noGrandpaRpc });
    blocks(s.chain, 154);
    s.relay({ headersPerBatch: 30 });
    await until(() => s.worker.finalized() === 154);
    expect(spans(s, "sync_header")).toEqual(["1..154"]);
  });

  it("finds the justification of a set's last block by reading the headers up to it", async () => {
    const s = await scene({ strict: true, justificationPeriod: 10_000, faults: noGrandpaRpc });
    blocks(s.chain, 200, [150]);
    s.relay({ headersPerBatch: 30 });
    await until(() => s.worker.finalized() === 151);
    expect(spans(s, "sync_header")).toEqual(["1..151"]);
    expect(s.worker.setId()).toBe(1n);
  });

  it("searches for justifications a few blocks after a multiple of the period", () => {
    expect(multiplesOf(64, 100, 199, 199)).toEqual([192, 128]);
    expect(multiplesOf(64, 130, 150, 400)).toEqual([128, 192, 256, 320, 384]);
    expect(multiplesOf(512, 1, 500, 500)).toEqual([]);
  });

  it("waits for a missing proof without reading headers again, and uses the next announcement", async () => {
    const methods = new Map<string, number>();
    const s = await scene({ strict: true, faults: counting(methods) });
    blocks(s.chain, 40);
    s.relay();
    await until(() => s.notes.includes("waiting for a finality proof of block 1"));
    await sleep(100);
    s.chain.produceBlock();
    await until(() => s.stats.headers === 41); // counted once the worker has answered
    expect(s.stats.proofs.announced).toBe(1);
    expect(methods.get("chain_getHeader")).toBeLessThan(41 + 20);
  });

  it("closes the gap after a dropped subscription with the next announcement", async () => {
    const s = await scene({
      strict: true,
      faults: { result: (method, genuine) => (method === "grandpa_justifications" && gap ? 7 : genuine) },
    });
    let gap = false;
    s.relay();
    await until(() => s.worker.finalized() === 0);
    await sleep(200);
    s.chain.produceBlock();
    await until(() => s.worker.finalized() === 1);
    gap = true;
    blocks(s.chain, 9);
    await sleep(50);
    gap = false;
    s.chain.produceBlock();
    await until(() => s.worker.finalized() === 11);
    expect(spans(s, "sync_header")).toEqual(["1..1", "2..11"]);
  });

  it("leaves a node that proves nothing when the patience ends: relay/no-proof", async () => {
    const s = await scene({ strict: true });
    blocks(s.chain, 5);
    s.relay({ proofPatienceMs: 0 });
    await until(() => s.notes.some((line) => line.startsWith("relay/no-proof (from 1)")));
  });

  it("finds other proofs when the proof of grandpa_proveFinality is too large to send", async () => {
    const s = await scene({
      strict: true,
      justificationPeriod: 64,
      faults: {
        refuses: (method) =>
          method === "grandpa_proveFinality" ? { code: -32008, message: "Response is too big" } : undefined,
      },
    });
    blocks(s.chain, 130, [69]);
    s.relay();
    await until(() => s.worker.finalized() === 128);
    expect(s.stats.nodeFailures).toBe(0);
  });

  it("continues after an answer that is larger than the relay accepts", async () => {
    const s = await scene();
    blocks(s.chain, 3);
    s.chain.setFault("huge", faults.hugeResponse("chain_getHeader", 4 << 20));
    s.relay({ maxMessageBytes: 4 << 20 });
    await until(() =>
      s.notes.some((line) => line.includes("relay/answer-too-large (method chain_getHeader")),
    );
    s.chain.setFault("huge", undefined);
    await until(() => s.worker.dispatched() === 3);
  });
});

describe("a stretch without a proof that is longer than one call", () => {
  /** The last block of the first set. No other block has a stored justification. */
  const end = 60;
  const stalled = async (faultsToo: Faults = {}) => {
    const s = await scene({ strict: true, justificationPeriod: 100_000, faults: faultsToo });
    blocks(s.chain, end + 10, [end - 1]);
    return s;
  };
  const small = { headersPerBatch: 10, headersPerProof: 30 };
  const finalized = (s: Scene) => until(() => s.worker.finalized() >= end);
  /** Stages headers as another relay would. */
  const stage = (s: Scene, headers: readonly Uint8Array[]) =>
    fetch(`${s.worker.url}/stage_header`, {
      method: "POST",
      body: JSON.stringify({ input: { headers_b64: headers.map(toBase64) } }),
    });

  it("is sent ahead of its proof, in batches", async () => {
    const s = await stalled();
    s.relay(small);
    await finalized(s);
    expect(spans(s, "stage_header")).toEqual(["1..10", "11..20", "21..30"]);
    expect(spans(s, "sync_header")[0]).toBe(`31..${end}`);
    expect([s.worker.refused(), s.worker.setId()]).toEqual([undefined, 1n]);
    expect(s.notes).toContain("headers 11..20 sent ahead of their proof");
  });

  it("is found by its headers alone, without GRANDPA's RPC", async () => {
    const s = await stalled(noGrandpaRpc);
    s.relay({ headersPerBatch: 25, headersPerProof: 40 });
    await finalized(s);
    expect(spans(s, "stage_header")).toEqual(["1..25"]);
    expect(spans(s, "sync_header")[0]).toBe(`26..${end}`);
  });

  it("is sent in smaller batches to a worker that refuses larger batches", async () => {
    const s = await stalled();
    s.worker.takeAtMost(7);
    s.relay({ headersPerBatch: 20 });
    await finalized(s);
    expect(spans(s, "stage_header")[0]).toBe("1..5");
    expect(spans(s, "sync_header")[0]).toMatch(/\.\.60$/);
    expect(s.worker.setId()).toBe(1n);
  });

  it("goes on after the worker's staged headers when the relay starts again", async () => {
    const s = await stalled();
    const first = s.relay(small);
    await until(() => spans(s, "stage_header").length > 0);
    await first.stop();
    s.relay(small);
    await finalized(s);
    expect(spans(s, "stage_header").filter((span) => span.startsWith("1.."))).toEqual(["1..10"]);
    expect(s.worker.refused()).toBeUndefined();
  });

  it("starts again when the worker has lost its staged headers", async () => {
    const s = await stalled();
    s.relay({ headersPerBatch: 2, headersPerProof: 30 });
    await until(() => spans(s, "stage_header").length > 0);
    s.worker.forgetStaged();
    await finalized(s);
    expect(s.worker.refused()).toBe("headers/gap");
  });

  it("replaces what another relay staged: another fork, or the set's end without its proof", async () => {
    const s = await scene({ strict: true, justificationPeriod: 100_000 });
    const first = s.relay(small);
    await until(() => s.worker.finalized() === 0);
    await first.stop();
    blocks(s.chain, end + 10, [end - 1]);
    const foreign = encodeHeader({ ...s.chain.blockAt(1)!.header, stateRoot: new Uint8Array(32) });
    await stage(s, [foreign]);
    const second = s.relay(small);
    await until(() => spans(s, "stage_header").length > 1);
    await second.stop();
    await stage(
      s,
      Array.from({ length: end }, (_, i) => s.chain.blockAt(i + 1)!.encodedHeader),
    );
    s.relay(small);
    await finalized(s);
    expect(s.worker.refused()).toBe("headers/beyond-set-change");
  });
});

describe("changes of authorities that take effect later", () => {
  it("never sends a batch that spans such a change", async () => {
    const s = await scene();
    blocks(s.chain, 3);
    s.chain.rotateAuthorities({ delay: 5 });
    blocks(s.chain, 17);
    s.relay({ headersPerBatch: 100 });
    await until(() => s.worker.dispatched() === 20);
    expect(spans(s, "sync_header")).toEqual(["1..9", "10..20"]);
    expect(s.worker.refused()).toBeUndefined();
  });

  it("finds a change that was announced before the relay started", async () => {
    const s = await scene();
    blocks(s.chain, 3);
    s.chain.rotateAuthorities({ delay: 5 });
    blocks(s.chain, 2); // block 4 announces the change
    const first = s.relay();
    await until(() => s.worker.dispatched() === 5);
    await first.stop();
    blocks(s.chain, 10);
    s.relay();
    await until(() => s.worker.dispatched() === 15);
    expect(spans(s, "sync_header")).toEqual(["1..5", "6..9", "10..15"]);
    expect(s.worker.refused()).toBeUndefined();
  });

  it("looks back farther when the worker has recorded a change that the relay has not read", async () => {
    const s = await scene();
    s.chain.rotateAuthorities({ delay: 100 });
    blocks(s.chain, 80);
    const first = s.relay();
    await until(() => s.worker.dispatched() === 80);
    await first.stop();
    blocks(s.chain, 40);
    s.relay();
    await until(() => s.worker.dispatched() === 120);
    expect(s.worker.refused()).toBe("headers/beyond-set-change");
    expect(spans(s, "sync_header")).toEqual(["1..80", "81..101", "102..120"]);
    expect(s.stats.nodeFailures).toBe(0);
  });

  it("relays justifications with votes for blocks after the justified block", async () => {
    const s = await scene({ finalityLag: 3, votesAhead: 3 });
    blocks(s.chain, 12, [4]);
    s.relay({ headersPerBatch: 4 });
    await until(() => s.worker.dispatched() === 9);
    expect(s.worker.setId()).toBe(1n);
  });
});

describe("blocks that are not final yet", () => {
  it("are not relayed, whichever fork is currently the best", async () => {
    const s = await scene({ finalityLag: Number.POSITIVE_INFINITY });
    blocks(s.chain, 2);
    const fork = s.chain.best();
    blocks(s.chain, 3);
    s.chain.finalize(fork);
    s.relay();
    await until(() => s.worker.dispatched() === 2);
    let other = s.chain.produceBlock(fork);
    for (let i = 0; i < 4; i++) other = s.chain.produceBlock(other);
    s.chain.finalize(other);
    await until(() => s.worker.dispatched() === 7);
    expect(spans(s, "sync_header")).toEqual(["1..2", "3..7"]);
    expect(s.stats.nodeFailures).toBe(0);
  });
});
