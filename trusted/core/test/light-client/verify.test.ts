import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/index.ts";
import { type Crypto, portableCrypto as crypto, type SignedMessage } from "../../src/crypto/index.ts";
import { encodeJustification } from "../../src/grandpa/index.ts";
import {
  decodeLightClient,
  encodeLightClient,
  type HeaderBatch,
  type LightClient,
  verifyHeaders,
} from "../../src/light-client/index.ts";
import { authoritySet, child, grow, unanimous } from "../grandpa/chain.ts";
import { batchCases, first, start } from "./cases.ts";

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + step * i);
}

/** The portable provider with a cache, so that each ed25519 signature is checked only once. */
function remembering(): Crypto {
  const verdicts = new Map<string, boolean>();
  const verdictOf = (item: SignedMessage): boolean => {
    const key = [item.publicKey, item.message, item.signature].map(toHex).join();
    const verdict = verdicts.get(key) ?? [...crypto.ed25519.verifyVotes([item], 1)].every(Boolean);
    verdicts.set(key, verdict);
    return verdict;
  };
  const verifyVotes: Crypto["ed25519"]["verifyVotes"] = (items) => items.map(verdictOf);
  return { ...crypto, ed25519: { ...crypto.ed25519, verifyVotes } };
}

describe("verifyHeaders", () => {
  for (const { title, client, batch, expect: expected } of batchCases) {
    const name = typeof expected === "string" ? `${expected}: ${title}` : `accepts ${title}`;
    it(name, () => {
      const before = toHex(encodeLightClient(client));
      if (typeof expected === "string") {
        expect(() => verifyHeaders(crypto, client, batch)).toThrow(
          expect.objectContaining({ code: expected }),
        );
      } else {
        const { next } = verifyHeaders(crypto, client, batch);
        const have = {
          number: next.finalized.number,
          setId: next.authorities.setId,
          pending: next.pending.length,
        };
        expect(have).toEqual(expected);
      }
      expect(toHex(encodeLightClient(client))).toBe(before);
    });
  }

  it("uses the authorities of the first announcement", () => {
    const found = batchCases.find(({ title }) => title === "the first change that a header announces counts");
    if (found === undefined) throw new Error("no such case");
    const { next } = verifyHeaders(crypto, found.client, found.batch);
    expect(next.authorities).toEqual(authoritySet(4, 1n, 4));
  });

  it("returns the new headers in order, with the facts that later steps need", () => {
    const p1 = child(first, { digest: [{ kind: "runtime-environment-updated" }], fork: 3 });
    const p2 = child(p1);
    const justification = encodeJustification(unanimous(p2, 3, 0n));
    const { finalized, next } = verifyHeaders(crypto, start, {
      headers: [first.encoded, p1.encoded, p2.encoded],
      justification,
    });
    expect(finalized.map(({ number, runtimeUpdated }) => [number, runtimeUpdated])).toEqual([
      [1, true],
      [2, false],
    ]);
    const { parentHash, stateRoot, extrinsicsRoot } = p1.header;
    expect(finalized[0]).toEqual({
      number: 1,
      hash: p1.hash,
      parentHash,
      stateRoot,
      extrinsicsRoot,
      runtimeUpdated: true,
    });
    expect(next.finalized).toEqual(finalized[1]);
    expect(next.genesisHash).toEqual(start.genesisHash);
  });

  it("keeps no view of the message", () => {
    for (const { client, batch, expect: expected } of batchCases) {
      if (typeof expected === "string") continue;
      const headers = batch.headers.map((bytes) => bytes.slice());
      const change = batch.authoritySetChange;
      const authorities = change?.authorities.map(({ id, weight }) => ({ id: id.slice(), weight })) ?? [];
      const given = { ...batch, headers, ...(change && { authoritySetChange: { ...change, authorities } }) };
      const { finalized, next } = verifyHeaders(crypto, client, given);
      const want = [toHex(encodeLightClient(next)), JSON.stringify(finalized)];
      for (const bytes of [...headers, ...authorities.map(({ id }) => id)]) bytes.fill(0xee);
      expect([toHex(encodeLightClient(next)), JSON.stringify(finalized)]).toEqual(want);
    }
  });

  it("refuses a batch with a flipped bit (the test tries every seventh) with a coded error", () => {
    const found = batchCases.find(({ title }) => title === "a given change that the chain's set id counts");
    const batch = found?.batch;
    const change = batch?.authoritySetChange;
    if (batch === undefined || change === undefined) throw new Error("no such case");
    const parts = [
      ...batch.headers,
      batch.justification,
      ...change.authorities.map(({ id }) => id),
      ...change.proof,
    ];
    const places = parts.flatMap((bytes, part) =>
      range(0, 8 * bytes.length, 7).map((bit) => [part, bit] as const),
    );
    const provider = remembering();
    const coded = expect.objectContaining({
      code: expect.stringMatching(/^(codec|finality|headers|trie)\//),
    });
    for (const [part, bit] of places) {
      const flip = (bytes: Uint8Array) => (bytes === parts[part] ? flipped(bytes, bit) : bytes);
      const given: HeaderBatch = {
        headers: batch.headers.map(flip),
        justification: flip(batch.justification),
        authoritySetChange: {
          ...change,
          authorities: change.authorities.map(({ id, weight }) => ({ id: flip(id), weight })),
          proof: change.proof.map(flip),
        },
      };
      expect(() => verifyHeaders(provider, start, given), `part ${part}, bit ${bit}`).toThrow(coded);
    }
  });

  it("reaches the same state for any division into batches", () => {
    const chain = grow(first, 12);
    const tips = [1, 2, 3, 4, 6, 12].map((size) => {
      let client: LightClient = start;
      for (let at = 0; at < chain.length; at += size) {
        const part = chain.slice(at, at + size);
        const justification = encodeJustification(unanimous(part.at(-1) ?? first, 3, 0n));
        client = verifyHeaders(crypto, client, {
          headers: part.map(({ encoded }) => encoded),
          justification,
        }).next;
      }
      return toHex(encodeLightClient(client));
    });
    expect(new Set(tips).size).toBe(1);
  });
});

describe("encodeLightClient", () => {
  const clients = batchCases.flatMap(({ client, batch, expect: expected }) =>
    typeof expected === "string" ? [] : [client, verifyHeaders(crypto, client, batch).next],
  );

  it("reads back, with a pending change too, and from an offset view", () => {
    for (const client of clients) {
      const bytes = encodeLightClient(client);
      expect(decodeLightClient(bytes)).toEqual(client);
      const shifted = new Uint8Array(bytes.length + 3);
      shifted.set(bytes, 3);
      const read = decodeLightClient(shifted.subarray(3));
      shifted.fill(0);
      expect(read).toEqual(client);
    }
  });

  it("starts with its version and the genesis hash", () => {
    expect(toHex(encodeLightClient(start)).slice(0, 74)).toBe(`01${toHex(first.hash)}00000000`);
  });

  it("codec: refuses another version, a strict prefix, an additional byte, and two pending changes", () => {
    const bytes = encodeLightClient(start);
    expect(() => decodeLightClient(new Uint8Array([2, ...bytes.subarray(1)]))).toThrow(
      expect.objectContaining({ code: "codec/bad-tag" }),
    );
    expect(() => decodeLightClient(new Uint8Array([...bytes, 0]))).toThrow(
      expect.objectContaining({ code: "codec/trailing" }),
    );
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeLightClient(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^codec\//) }),
      );
    const change = { announcedAt: 1, enactsAt: 3, authorities: [] };
    const two = encodeLightClient({ ...start, pending: [change, change] });
    expect(() => decodeLightClient(two)).toThrow(expect.objectContaining({ code: "codec/too-long" }));
  });
});
