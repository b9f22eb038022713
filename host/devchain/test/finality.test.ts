import { portableCrypto as crypto } from "@pruntime/core/crypto";
import {
  decodeAuthorityList,
  decodeJustification,
  encodeJustification,
  verifyJustification,
} from "@pruntime/core/grandpa";
import { provenAuthorities } from "@pruntime/core/light-client";
import { grandpaAuthoritiesKey } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { type ChainEvent, DevchainError } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { growTo, manualChain } from "./support/chain.ts";

describe("finality", () => {
  it("is reported for each block, after the import", async () => {
    const chain = await manualChain();
    const heard: string[] = [];
    chain.subscribe((event) => {
      if (event.kind !== "pooled") heard.push(`${event.kind} ${event.block.header.number}`);
    });
    growTo(chain, 2);
    expect(heard).toEqual(["imported 1", "best 1", "finalized 1", "imported 2", "best 2", "finalized 2"]);
  });

  it("stays behind the best block by the configured lag", async () => {
    const chain = await manualChain({ finalityLag: 2 });
    growTo(chain, 5);
    expect([chain.best(), chain.finalized()].map(({ header }) => header.number)).toEqual([5, 3]);
    expect(chain.justificationOf(chain.blockAt(3)!)).toBeDefined();
    expect(chain.justificationOf(chain.blockAt(4)!)).toBeUndefined();
    expect(() => chain.proveFinality(4)).toThrow("devchain/not-finalized");
  });

  it("sends subscribers a justification of every finalized block", async () => {
    const chain = await manualChain({ strict: true });
    const heard: Extract<ChainEvent, { kind: "finalized" }>[] = [];
    const unsubscribe = chain.subscribe((event) => {
      if (event.kind === "finalized") heard.push(event);
    });
    growTo(chain, 3);
    unsubscribe();
    growTo(chain, 4);
    expect(heard.map(({ justification }) => decodeJustification(justification).targetNumber)).toEqual([
      1, 2, 3,
    ]);
  });

  it("is signed in a different round for each block of a set", async () => {
    const chain = await manualChain({ rotateEvery: 2 });
    growTo(chain, 4);
    const rounds = [1, 2, 3, 4].map(
      (number) => decodeJustification(chain.justificationOf(chain.blockAt(number)!)!).round,
    );
    expect(rounds).toEqual([1n, 2n, 1n, 2n]);
  });
});

describe("proveFinality", () => {
  it("proves a block of an ended set with the set's last block", async () => {
    const chain = await manualChain({ rotateEvery: 3 });
    growTo(chain, 5);
    for (const number of [0, 1, 2, 3]) {
      const { target, unknownHeaders } = chain.proveFinality(number)!;
      expect(target.header.number).toBe(3);
      expect(unknownHeaders).toEqual(
        [1, 2, 3].filter((n) => n > number).map((n) => chain.blockAt(n)!.encodedHeader),
      );
    }
  });

  it("proves a block of the current set with the latest justification", async () => {
    const chain = await manualChain({ rotateEvery: 3, strict: true });
    growTo(chain, 5);
    const { target, justification, unknownHeaders } = chain.proveFinality(4)!;
    expect(target.header.number).toBe(5);
    expect(decodeJustification(justification).targetHash).toEqual(target.hash);
    expect(unknownHeaders).toEqual([chain.blockAt(5)!.encodedHeader]);
  });

  it("proves blocks before any set change, unless the chain is strict", async () => {
    const [generous, strict] = [await manualChain(), await manualChain({ strict: true })];
    growTo(generous, 2);
    growTo(strict, 2);
    expect(generous.proveFinality(1)!.target.header.number).toBe(2);
    expect(() => strict.proveFinality(1)).toThrow("devchain/not-covered");
    strict.rotateAuthorities();
    growTo(strict, 3);
    expect(strict.proveFinality(1)!.target.header.number).toBe(3);
  });

  it("does not use a set change before the change is final", async () => {
    const chain = await manualChain({ strict: true, finalityLag: 1, rotateEvery: 3 });
    growTo(chain, 3);
    expect(() => chain.proveFinality(2)).toThrow("devchain/not-covered");
    growTo(chain, 4);
    expect(chain.proveFinality(2)!.target.header.number).toBe(3);
  });
});

describe("a strict chain", () => {
  it("stores justifications at set changes and once per period", async () => {
    const chain = await manualChain({ strict: true, rotateEvery: 5, justificationPeriod: 4 });
    growTo(chain, 10);
    const stored = Array.from({ length: 11 }, (_, n) => n).filter(
      (n) => chain.justificationOf(chain.blockAt(n)!) !== undefined,
    );
    expect(stored).toEqual([4, 5, 8, 10]);
  });

  it("discards states beyond its window, but not the proof of its genesis", async () => {
    const chain = await manualChain({ strict: true, stateWindow: 3 });
    growTo(chain, 5);
    expect(() => chain.stateOf(chain.blockAt(2)!)).toThrow(
      new DevchainError({ code: "devchain/state-discarded", number: 2 }),
    );
    expect(() => chain.readProof(chain.genesis, [])).toThrow("devchain/state-discarded");
    expect(chain.stateOf(chain.blockAt(3)!).root).toEqual(chain.blockAt(3)!.header.stateRoot);
    const state = openStateProof(crypto.blake2b256, chain.genesis.header.stateRoot, chain.genesisProof);
    expect(provenAuthorities(crypto, state, 0)).toHaveLength(4);
  });
});

it("a chain that is not strict recomputes states beyond its window", async () => {
  const chain = await manualChain({ stateWindow: 4, rotateEvery: 3 });
  growTo(chain, 15);
  for (const number of [14, 6, 2, 3, 9, 0, 8, 1, 15]) {
    const block = chain.blockAt(number)!;
    expect(chain.stateOf(block).root).toEqual(block.header.stateRoot);
  }
});

describe("a forged justification", () => {
  it("is stored, served as a proof and announced, and is the same each time", async () => {
    let forgeries = 0;
    const chain = await manualChain({
      faults: {
        justification: (genuine, { header }) => {
          if (header.number !== 2) return genuine;
          forgeries++;
          return { ...genuine, precommits: genuine.precommits.slice(forgeries) };
        },
      },
    });
    const told: Uint8Array[] = [];
    chain.subscribe((event) => {
      if (event.kind === "finalized") told.push(event.justification);
    });
    growTo(chain, 2);
    const block = chain.blockAt(2)!;
    const forged = chain.justificationOf(block)!;
    expect(decodeJustification(forged).precommits).toHaveLength(3);
    expect(encodeJustification(decodeJustification(forged))).toEqual(forged);
    expect([told[1], chain.proveFinality(1)!.justification]).toEqual([forged, forged]);
    const trusted = {
      setId: 0n,
      authorities: decodeAuthorityList(chain.stateOf(chain.genesis).get(grandpaAuthoritiesKey(crypto))!),
    };
    verifyJustification(crypto, trusted, { hash: block.hash, number: 2 }, decodeJustification(forged));
  });
});
