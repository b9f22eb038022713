import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { fromBase64 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import {
  decodeAuthorityList,
  decodeJustification,
  grandpaDigests,
  type Justification,
  verifyJustification,
} from "@pruntime/core/grandpa";
import { startFromGenesis, verifyHeaders } from "@pruntime/core/light-client";
import { grandpaAuthoritiesKey } from "@pruntime/core/storage-key";
import { type Block, bridgeInitInfo, type Devchain } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { eventNames, growTo, manualChain } from "./support/chain.ts";

function justification(chain: Devchain, block: Block): Justification {
  return decodeJustification(chain.justificationOf(block)!);
}

/** Checks a block's justification with the authorities in the parent's state. */
function verify(chain: Devchain, block: Block): void {
  const { number } = block.header;
  const authorities = decodeAuthorityList(
    chain.stateOf(chain.blockAt(number - 1)!).get(grandpaAuthoritiesKey(crypto))!,
  );
  verifyJustification(
    crypto,
    { setId: block.setId, authorities },
    { hash: block.hash, number },
    justification(chain, block),
  );
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

describe("a change with a delay", () => {
  async function delayed(): Promise<Devchain> {
    const chain = await manualChain();
    growTo(chain, 1);
    chain.rotateAuthorities({ delay: 3 });
    growTo(chain, 8);
    return chain;
  }

  it("is announced in one block and enacted `delay` blocks later, by the old set", async () => {
    const chain = await delayed();
    const blocks = range(1, 8).map((number) => chain.blockAt(number)!);
    expect(blocks.map(({ setId }) => Number(setId))).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect(blocks.filter(({ endsSet }) => endsSet).map(({ header }) => header.number)).toEqual([5]);
    expect(blocks.flatMap(({ header }) => grandpaDigests(header))).toMatchObject([
      { kind: "scheduled-change", delay: 3 },
    ]);
    expect(blocks.filter((block) => eventNames(chain, block).includes("Grandpa.NewAuthorities"))).toEqual([
      blocks[4],
    ]);
    for (const block of blocks) verify(chain, block);
  });

  it("is followed by a light client, one batch per set", async () => {
    const chain = await delayed();
    let client = startFromGenesis(crypto, decodeBridgeInitInfo(fromBase64(bridgeInitInfo(chain))));
    while (client.finalized.number < 8) {
      const { number } = client.finalized;
      const { justification, unknownHeaders } = chain.proveFinality(number + 1)!;
      client = verifyHeaders(crypto, client, {
        headers: [chain.blockAt(number + 1)!.encodedHeader, ...unknownHeaders],
        justification,
      }).next;
    }
    expect(client.authorities.setId).toBe(1n);
  });

  it("makes a later change wait until the first change is enacted", async () => {
    const chain = await manualChain();
    chain.rotateAuthorities({ delay: 2 });
    growTo(chain, 1);
    chain.rotateAuthorities();
    growTo(chain, 5);
    expect(range(1, 5).filter((number) => chain.blockAt(number)!.endsSet)).toEqual([3, 4]);
  });

  it("can be recomputed like any other block", async () => {
    const chain = await manualChain({ stateWindow: 4 });
    chain.rotateAuthorities({ delay: 3 });
    growTo(chain, 15);
    for (const number of [1, 3, 4, 5])
      expect(chain.stateOf(chain.blockAt(number)!).root).toEqual(chain.blockAt(number)!.header.stateRoot);
  });
});

it("a forced change's digest names the latest finalized block, and light clients refuse it", async () => {
  const chain = await manualChain({ finalityLag: 1 });
  growTo(chain, 3);
  chain.rotateAuthorities({ forced: true, delay: 1 });
  growTo(chain, 7);
  const [digest] = grandpaDigests(chain.blockAt(4)!.header);
  expect(digest).toMatchObject({ kind: "forced-change", medianLastFinalized: 2, delay: 1 });
  expect(range(1, 7).filter((number) => chain.blockAt(number)!.endsSet)).toEqual([5]);
  const client = startFromGenesis(crypto, decodeBridgeInitInfo(fromBase64(bridgeInitInfo(chain))));
  const headers = range(1, 5).map((number) => chain.blockAt(number)!.encodedHeader);
  const proof = chain.justificationOf(chain.blockAt(5)!)!;
  expect(() => verifyHeaders(crypto, client, { headers, justification: proof })).toThrow(
    "finality/forced-change",
  );
});

describe("votes ahead of the justified block", () => {
  it("require all headers in between, which the justification contains", async () => {
    const chain = await manualChain({ finalityLag: 4, votesAhead: 3 });
    growTo(chain, 8);
    const block = chain.blockAt(2)!;
    const { votesAncestries, precommits } = justification(chain, block);
    expect(precommits.map(({ targetNumber }) => targetNumber)).toEqual([2, 3, 4, 5]);
    expect(votesAncestries.map(({ number }) => number)).toEqual([3, 4, 5]);
    verify(chain, block);
  });

  it("are never cast for blocks of another set or for blocks that do not exist", async () => {
    const chain = await manualChain({ finalityLag: 1, votesAhead: 9, rotateEvery: 4 });
    growTo(chain, 6);
    for (const number of range(1, 5)) verify(chain, chain.blockAt(number)!);
    const targets = (number: number): number[] =>
      justification(chain, chain.blockAt(number)!).precommits.map((vote) => vote.targetNumber);
    expect(targets(4)).toEqual([4, 4, 4, 4]);
    expect(targets(5)).toEqual([5, 6, 5, 6]);
  });

  it("are the same at each request", async () => {
    const chain = await manualChain({ finalityLag: 1, votesAhead: 2 });
    chain.subscribe(() => {});
    growTo(chain, 3);
    const first = justification(chain, chain.blockAt(2)!);
    growTo(chain, 9);
    expect(justification(chain, chain.blockAt(2)!)).toEqual(first);
  });
});
