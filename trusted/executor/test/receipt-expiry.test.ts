import { toHex } from "@pruntime/core/bytes";
import { executionReceiptLifetime as lifetime } from "@pruntime/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alice, ask, bob, carol, command, encodeState, newExecutor, type TestExecutor } from "./kit.ts";

const hashes = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
const [one = new Uint8Array(), two = new Uint8Array()] = hashes;
const people = [alice, bob, carol];

/** A command without a readable envelope: it changes nothing but its receipt. */
type Sent = readonly [txHash: Uint8Array, sender: Uint8Array];

/** Ends blocks, each in a batch of its own. */
function endBlocks(executor: TestExecutor, ...blocks: readonly (readonly [number, ...Sent[]])[]): void {
  for (const [number, ...sent] of blocks) {
    const batch = executor.begin();
    for (const [txHash, sender] of sent)
      batch.execute(command({ block: { number, timeMs: 0n }, text: undefined, txHash, sender }));
    batch.endBlock(number);
    batch.commit();
  }
}

/** The block of the receipt that `origin` can read, or the refusal. */
function receiptOf(executor: TestExecutor, txHash: Uint8Array, origin: Uint8Array): number | string {
  const text = ask(executor, 0, { QueryReceipt: { tx_hash: toHex(txHash) } }, origin);
  const [, block] = /"block_num":(\d+)/.exec(text) ?? [];
  return block === undefined ? text : Number(block);
}

const notFound = (oldest: number) =>
  `{"Error":{"Other":"Transaction hash not found: the oldest block with receipts is ${oldest}"}}`;

describe("an execution receipt", () => {
  it("is held for 100,000 blocks after its block, and then expires without a trace", () => {
    expect(lifetime).toBe(100_000);
    const [executor, reference] = [newExecutor(), newExecutor()];
    endBlocks(executor, [1, [one, alice]], [2, [two, alice]], [1 + lifetime]);
    expect(receiptOf(executor, one, alice)).toBe(1);
    endBlocks(executor, [2 + lifetime]);
    expect(receiptOf(executor, one, alice)).toBe(notFound(2));
    expect(receiptOf(executor, two, alice)).toBe(2);
    endBlocks(reference, [2, [two, alice]], [2 + lifetime]);
    expect(executor.stateRoot).toEqual(reference.stateRoot);
    expect(encodeState(executor)).toEqual(encodeState(reference));
  });

  it("of an unused hash is not found, and the reply names the oldest block that is held", () => {
    const executor = newExecutor();
    expect(receiptOf(executor, one, alice)).toBe('{"Error":{"Other":"Transaction hash not found"}}');
    endBlocks(executor, [7, [two, alice]]);
    expect(receiptOf(executor, one, alice)).toBe(notFound(7));
    endBlocks(executor, [7 + lifetime]);
    expect(receiptOf(executor, one, alice)).toBe(notFound(7));
    endBlocks(executor, [8 + lifetime]);
    expect(receiptOf(executor, one, alice)).toBe(notFound(8));
  });

  it("that a later block wrote again expires with the later block", () => {
    const executor = newExecutor();
    endBlocks(executor, [1, [one, alice]], [5, [one, alice]], [2 + lifetime]);
    expect(receiptOf(executor, one, alice)).toBe(5);
    endBlocks(executor, [6 + lifetime]);
    expect(receiptOf(executor, one, alice)).toBe(notFound(6));
  });

  it("that the block of the expiry writes again stays", () => {
    const executor = newExecutor();
    endBlocks(executor, [1, [one, alice]], [2 + lifetime, [one, alice]]);
    expect(receiptOf(executor, one, alice)).toBe(2 + lifetime);
  });

  it("stays readable when the receipt of the hash's first account expires", () => {
    const executor = newExecutor();
    endBlocks(executor, [1, [one, alice]], [2, [one, bob]], [2 + lifetime]);
    expect(receiptOf(executor, one, alice)).toBe(notFound(2));
    expect(receiptOf(executor, one, bob)).toBe(2);
    endBlocks(executor, [3 + lifetime]);
    expect(receiptOf(executor, one, bob)).toBe(notFound(3));
  });

  it("has one entry, also if its account writes it again after the first account's expired", () => {
    const [executor, reference] = [newExecutor(), newExecutor()];
    const rewritten = 3 + lifetime;
    endBlocks(executor, [1, [one, alice]], [3, [one, bob]], [2 + lifetime], [rewritten, [one, bob]]);
    expect(receiptOf(executor, one, bob)).toBe(rewritten);
    endBlocks(executor, [rewritten + 1 + lifetime]);
    endBlocks(reference, [1, [one, carol]], [rewritten + 1 + lifetime]);
    expect(encodeState(executor)).toEqual(encodeState(reference));
  });

  it("expires with all receipts of its block, however many there are", () => {
    const [executor, reference] = [newExecutor(), newExecutor()];
    const many = Array.from({ length: 600 }, (_, i): Sent => {
      const txHash = new Uint8Array(32);
      new DataView(txHash.buffer).setUint32(0, i);
      return [txHash, alice];
    });
    endBlocks(executor, [1, ...many], [2 + lifetime]);
    endBlocks(reference, [1, [one, carol]], [2 + lifetime]);
    expect(encodeState(executor)).toEqual(encodeState(reference));
  });
});

describe("any blocks", () => {
  const sent = fc.tuple(fc.constantFrom(...hashes), fc.constantFrom(...people));
  const blocks = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.array(sent)), { maxLength: 6 });

  it("leave the receipts of the last 100,000 blocks, and nothing of older ones", () =>
    fc.assert(
      fc.property(blocks, fc.integer({ min: -5, max: 5 }), blocks, (early, jump, late) => {
        const executor = newExecutor();
        const written = new Map<string, number>();
        let number = 1;
        endBlocks(executor, [number, [one, alice]]);
        written.set(`${toHex(one)} ${toHex(alice)}`, number);
        for (const [gap, commands] of [...early, [lifetime + jump, []] as const, ...late]) {
          number += gap;
          endBlocks(executor, [number, ...commands]);
          for (const [txHash, sender] of commands) written.set(`${toHex(txHash)} ${toHex(sender)}`, number);
          for (const txHash of hashes)
            for (const person of people) {
              const at = written.get(`${toHex(txHash)} ${toHex(person)}`);
              const found = receiptOf(executor, txHash, person);
              if (at !== undefined && at >= number - lifetime) expect(found).toBe(at);
              else expect(found).toMatch(/^\{"Error":/);
            }
        }
        const reference = newExecutor();
        endBlocks(reference, [1, [one, alice]]);
        for (const each of [executor, reference]) endBlocks(each, [number + 1 + lifetime]);
        expect(encodeState(executor)).toEqual(encodeState(reference));
      }),
      { numRuns: 20 },
    ));
});
