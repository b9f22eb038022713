/** Follows a command from its seal to its execution, and ends the push at each step. */
import { accountOf, executionReceiptKey } from "@pruntime/client/chain";
import { utf8 } from "@pruntime/core/bytes";
import { answerText } from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { type PushOptions, WorkerClient } from "../src/client.ts";
import type { InBlock, Push, StepName, SubmitOptions } from "../src/push.ts";
import { anchor, chainTimeMs, fakeWorker, genesisHash, keyPair, signer } from "./fake-worker.ts";

const alice = accountOf("//Alice");
const command = { contractId: 2, json: "x" };
const executed = { QueryReceipt: { receipt: { status: "BadCommand" } } };

/** A client of a worker that gives this answer about every receipt, and notes each query in `asked`. */
function clientOf(answer: Json, asked: string[] = []): WorkerClient {
  const trusted = { publicKey: signer.publicKey, ecdhPublicKey: keyPair.publicKey, genesisHash, anchor };
  return new WorkerClient(trusted, {
    transport: fakeWorker({
      outcome: () => {
        asked.push("receipt");
        return answerText(canonicalJson(answer));
      },
    }),
    crypto,
    random: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
    freshness: { now: () => Number(chainTimeMs), maxAgeMs: 60_000 },
  });
}

const block = (blockNumber: number): InBlock => ({
  blockHash: `0x${blockNumber}`,
  blockNumber,
  extrinsicIndex: 1,
  txHash: "0xaa",
});

/** A chain that does what the test says, and notes with which payloads and signals it was called. */
class FakeChain {
  readonly genesisHash = genesisHash;
  readonly payloads: string[] = [];
  readonly signals: (AbortSignal | undefined)[] = [];
  readonly #behave: (options: SubmitOptions) => Promise<InBlock>;

  constructor(behave: (options: SubmitOptions) => Promise<InBlock>) {
    this.#behave = behave;
  }

  readonly push = (_: unknown, __: number, payload: string, options: SubmitOptions): Promise<InBlock> => {
    this.payloads.push(payload);
    this.signals.push(options.signal);
    return this.#behave(options);
  };
}

const never = new Promise<never>(() => {});
const reorganized = async ({ onBlock }: SubmitOptions): Promise<InBlock> => {
  onBlock?.(block(7));
  onBlock?.(block(8));
  return block(8);
};
const pushAt = (chain: FakeChain, answer: Json, options?: PushOptions): Push<InBlock> =>
  clientOf(answer).push(chain, alice, command, options);

async function stepsOf(push: Push<InBlock>, until?: StepName): Promise<readonly string[]> {
  const steps: string[] = [];
  for await (const step of push) {
    steps.push("blockNumber" in step ? `${step.step} ${step.blockNumber}` : step.step);
    if (step.step === until) break;
  }
  return steps;
}

describe("a push", () => {
  it("has a promise for each step, and the receipt's key before anything is sent", async () => {
    const chain = new FakeChain(reorganized);
    const push = pushAt(chain, executed);
    const { payload, receiptKey } = await push.sealed;
    expect(receiptKey).toBe(executionReceiptKey(utf8(payload)));
    expect(await push.inBlock).toEqual(block(7));
    expect(await push.finalized).toEqual(block(8));
    expect(await push.executed).toEqual({ outcome: "BadCommand" });
    expect(chain.payloads).toEqual([payload]);
  });

  it("iterates over the steps, and says when a reorganization moves the command", async () => {
    const push = pushAt(new FakeChain(reorganized), executed);
    const steps = ["sealed", "in-block 7", "in-block 8", "finalized 8", "executed"];
    expect(await Promise.all([stepsOf(push), stepsOf(push)])).toEqual([steps, steps]);
    expect(await stepsOf(push)).toEqual(steps); // also afterwards
  });

  it("counts a final block as the first one if the chain reports no other", async () => {
    const push = pushAt(new FakeChain(async () => block(9)), executed);
    expect(await push.inBlock).toEqual(block(9));
  });

  it("gives the steps before a failure, and then the failure", async () => {
    const failure = new RangeError("the chain fails");
    const push = pushAt(
      new FakeChain(async ({ onBlock }) => {
        onBlock?.(block(7));
        throw failure;
      }),
      executed,
    );
    const steps = push[Symbol.asyncIterator]();
    expect((await steps.next()).value).toMatchObject({ step: "sealed" });
    expect((await steps.next()).value).toMatchObject({ step: "in-block" });
    await expect(steps.next()).rejects.toBe(failure);
    await expect(push.finalized).rejects.toBe(failure);
    await expect(push.executed).rejects.toBe(failure);
  });

  it("does not ask the worker for the receipt before someone wants the outcome", async () => {
    const asked: string[] = [];
    const push = clientOf(executed, asked).push(new FakeChain(reorganized), alice, command);
    await push.finalized;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toEqual([]);
    expect(await Promise.all([push.executed, push.executed])).toHaveLength(2);
    expect(asked).toEqual(["receipt"]);
  });

  it("client/not-executed: waits no longer for the execution than the caller allows", async () => {
    const push = pushAt(new FakeChain(reorganized), { Error: "NoSuchReceipt" }, { executionTimeoutMs: -1 });
    await expect(push.executed).rejects.toMatchObject({ code: "client/not-executed" });
  });
});

describe("client/aborted", () => {
  const ended = (after: string) => ({ detail: { code: "client/aborted", after } });

  it("before anything is sealed: nothing is sent", async () => {
    const chain = new FakeChain(reorganized);
    const push = pushAt(chain, executed, { signal: AbortSignal.abort() });
    for (const step of [push.sealed, push.inBlock, push.finalized, push.executed])
      await expect(step).rejects.toMatchObject(ended("nothing"));
    expect(chain.payloads).toEqual([]);
  });

  it.each<readonly [StepName, (options: SubmitOptions) => Promise<InBlock>]>([
    ["sealed", () => never],
    [
      "in-block",
      ({ onBlock }) => {
        onBlock?.(block(7));
        return never;
      },
    ],
    ["finalized", async () => block(8)],
  ])("after %s", async (after, behave) => {
    const [ending, chain] = [new AbortController(), new FakeChain(behave)];
    const push = pushAt(chain, { Error: "NoSuchReceipt" }, { signal: ending.signal });
    await stepsOf(push, after);
    const end = push.executed;
    setTimeout(() => ending.abort("enough"));
    await expect(end).rejects.toMatchObject({ ...ended(after), cause: "enough" });
    await expect(stepsOf(push)).rejects.toMatchObject(ended(after));
    expect(chain.signals).toEqual([ending.signal]);
  });
});
