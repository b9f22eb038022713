import { describe, expect, it } from "vitest";
import { decodeReceivedHeader } from "../../src/chain/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { encodeJustification, grandpaDigestItem } from "../../src/grandpa/index.ts";
import {
  HeaderRun,
  maxStaged,
  nothingStaged,
  type StagedHeaders,
  stageHeaders,
  toFinalized,
  verifyReceivedHeaders,
} from "../../src/light-client/index.ts";
import { authoritySet, type Block, child, genesis, grow, unanimous } from "../grandpa/chain.ts";
import { codeOf } from "../support/code.ts";
import { first, start } from "./cases.ts";

const none = nothingStaged(start);
const chain = grow(first, 9);
const fork = grow(chain[2] as Block, 5, { fork: 1 });
const setB = authoritySet(4, 1n, 4).authorities;
const setC = authoritySet(4, 2n, 8).authorities;
const scheduled = (delay: number, nextAuthorities = setB) =>
  grandpaDigestItem({ kind: "scheduled-change", nextAuthorities, delay });

const received = (blocks: readonly Block[]) => blocks.map(({ encoded }) => decodeReceivedHeader(encoded));
const stage = (staged: StagedHeaders, ...blocks: readonly Block[]) =>
  stageHeaders(crypto, start, staged, received(blocks));
const prove = (staged: StagedHeaders, ...blocks: readonly Block[]) => {
  const justification = encodeJustification(unanimous(blocks.at(-1) as Block, 3, 0n));
  return verifyReceivedHeaders(crypto, start, { headers: received(blocks), justification }, staged);
};
const numbers = ({ headers }: StagedHeaders) => [...headers].map(({ number }) => number);
const hashes = ({ headers }: StagedHeaders) => [...headers].map(({ hash }) => hash);
const some = (from: number, to: number) => chain.slice(from - 1, to);

describe("stageHeaders", () => {
  it("takes headers in pieces, and the justification of the last proves all", () => {
    const staged = stage(stage(none, ...some(1, 3)), ...some(4, 6));
    expect(numbers(staged)).toEqual([1, 2, 3, 4, 5, 6]);
    const { staged: before, finalized, next } = prove(staged, ...some(7, 8));
    expect([...before, ...finalized]).toEqual(some(1, 8).map(toFinalized));
    expect(next.finalized.number).toBe(8);
  });

  it("skips what is staged already, so a retry is safe", () => {
    const staged = stage(none, ...some(1, 6));
    expect(stage(staged, ...some(2, 4))).toBe(staged);
    expect(numbers(stage(staged, ...some(5, 8)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("replaces a stretch from the first header that differs", () => {
    const staged = stage(none, ...some(1, 9));
    const replaced = stage(staged, ...(fork.slice(0, 2) as Block[]));
    expect(hashes(replaced)).toEqual([...some(1, 3), ...fork.slice(0, 2)].map(({ hash }) => hash));
    expect(numbers(staged)).toHaveLength(9);
    expect(hashes(stage(replaced, ...some(1, 9)))).toEqual(hashes(staged));
  });

  it("takes little memory for forks that replace all but one staged header", () => {
    let [staged, parent] = [none, first as Block];
    for (let call = 1; call <= 10; call++) {
      const blocks = grow(parent, 1200, { fork: call });
      staged = stage(staged, ...blocks);
      parent = blocks[0] as Block;
    }
    expect(staged.headers.length).toBe(1209);
    expect(staged.headers.byteLength).toBeLessThan(97 * (1209 + 2 * 1024));
  });

  it("proves only the staged headers that lead to the batch", () => {
    const staged = stage(none, ...some(1, 9));
    const ofFork = prove(stage(none, ...some(1, 3)), ...fork);
    expect(ofFork.next.finalized.hash).toEqual(fork.at(-1)!.hash);
    const { staged: before, next } = prove(staged, ...fork);
    expect(before.tip.number).toBe(3);
    expect(next.finalized.hash).toEqual(fork.at(-1)!.hash);
    expect(prove(staged, ...some(1, 2)).staged.length).toBe(0);
  });

  it("follows the change that a staged header announces", () => {
    const announcing = child(first, { digest: [scheduled(2)] });
    const [second, third, fourth] = grow(announcing, 3) as [Block, Block, Block];
    const staged = stage(none, announcing, second);
    expect(codeOf(() => stage(staged, third, fourth))).toBe("headers/beyond-set-change");
    expect(codeOf(() => prove(staged, third, fourth))).toBe("headers/beyond-set-change");
    const again = child(second, { digest: [scheduled(0, setC)] });
    expect(codeOf(() => stage(staged, again))).toBe("headers/overlapping-change");
    expect(codeOf(() => prove(staged, again))).toBe("headers/overlapping-change");
    expect(prove(staged, third).next.authorities).toEqual({ setId: 1n, authorities: setB });
    expect(prove(stage(none, announcing), second).next.pending).toMatchObject([{ enactsAt: 3 }]);
  });

  it("forgets the change of a header that was replaced", () => {
    const announcing = child(chain[0] as Block, { digest: [scheduled(0)] });
    const staged = stage(none, chain[0] as Block, announcing);
    expect(staged.change?.announcedAt).toBe(2);
    const replaced = stage(staged, chain[1] as Block);
    expect([replaced.change, prove(replaced, chain[2] as Block).next.authorities.setId]).toEqual([
      undefined,
      0n,
    ]);
    const { next } = prove(staged, chain[1] as Block); // replaces it within the batch
    expect([next.authorities.setId, next.pending]).toEqual([0n, []]);
  });

  it("respects a change that waits since before it", () => {
    const announcing = child(first, { digest: [scheduled(2)] });
    const [second, third, fourth] = grow(announcing, 3) as [Block, Block, Block];
    const { next: trusted } = prove(none, announcing);
    const fresh = nothingStaged(trusted);
    const staged = stageHeaders(crypto, trusted, fresh, received([second, third]));
    expect(staged.change).toBeUndefined();
    expect(codeOf(() => stageHeaders(crypto, trusted, staged, received([fourth])))).toBe(
      "headers/beyond-set-change",
    );
    const again = child(second, { digest: [scheduled(0, setC)] });
    expect(codeOf(() => stageHeaders(crypto, trusted, fresh, received([second, again])))).toBe(
      "headers/overlapping-change",
    );
  });

  const forced = grandpaDigestItem({
    kind: "forced-change",
    medianLastFinalized: 0,
    nextAuthorities: setB,
    delay: 0,
  });
  it.each<[string, () => unknown]>([
    ["headers/empty", () => stage(none)],
    ["headers/gap", () => stage(none, ...some(2, 3))],
    ["headers/gap", () => stage(stage(none, ...some(1, 3)), ...some(5, 6))],
    ["headers/gap", () => stage(none, chain[0] as Block, chain[2] as Block)],
    ["headers/wrong-parent", () => stage(stage(none, ...some(1, 5)), fork[2] as Block)],
    ["headers/wrong-parent", () => stage(none, child(genesis({ fork: 1 })))],
    ["headers/wrong-parent", () => prove(stage(none, ...some(1, 5)), fork[2] as Block)],
    ["headers/gap", () => prove(stage(none, ...some(1, 3)), chain[4] as Block)],
    ["headers/conflicts-finalized", () => stage(none, genesis({ fork: 1 }))],
    ["finality/forced-change", () => stage(none, child(first, { digest: [forced] }))],
    [
      "finality/below-threshold",
      () => {
        const headers = received(some(4, 4));
        const justification = encodeJustification(unanimous(chain[3] as Block, 2, 0n));
        verifyReceivedHeaders(crypto, start, { headers, justification }, stage(none, ...some(1, 3)));
      },
    ],
  ])("refuses: %s (%#)", (code, run) => expect(codeOf(run)).toBe(code));

  it("headers/staging-full: takes no more than its limit", () => {
    const header = toFinalized(first);
    const almost = HeaderRun.after(first).append(new Array(maxStaged - 1).fill(header));
    const next = child({ ...(first as Block), number: maxStaged - 1 });
    const staged = { headers: almost, change: undefined };
    const full = stageHeaders(crypto, start, staged, received([next]));
    expect(full.headers.length).toBe(maxStaged);
    expect(codeOf(() => stageHeaders(crypto, start, full, received([child(next)])))).toBe(
      "headers/staging-full",
    );
  });
});
