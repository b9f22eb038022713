import { toHex } from "@pruntime/core/bytes";
import { encodeHeader, type Header, headerHash } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { type FinalizedHeader, HeaderRun } from "@pruntime/core/light-client";
import {
  type ParaBatch,
  type ParaTrust,
  paraHeadKey,
  stageParaHeaders,
  verifyParaHeaders,
} from "@pruntime/core/parachain";
import { encode } from "@pruntime/core/scale";
import { Trie } from "@pruntime/core/trie";
import { describe, expect, it } from "vitest";
import { codeOf } from "../support/code.ts";

const paraId = 2004;
const zeros = new Uint8Array(32);

function child(parentHash: Uint8Array, number: number, fork = 0): Uint8Array {
  const header: Header = {
    parentHash,
    number,
    stateRoot: zeros.map(() => number + fork),
    extrinsicsRoot: zeros,
    digest: [],
  };
  return encodeHeader(header);
}

/** A finalized block 10, and a chain of `length` parachain headers above this block. */
function headers(length: number): { readonly finalized: FinalizedHeader; readonly headers: Uint8Array[] } {
  const base = child(zeros, 10);
  const finalized = {
    number: 10,
    hash: headerHash(crypto, base),
    parentHash: zeros,
    stateRoot: zeros,
    extrinsicsRoot: zeros,
    runtimeUpdated: false,
  };
  const chain: Uint8Array[] = [];
  for (let i = 0, parent = finalized.hash; i < length; i++, parent = headerHash(crypto, chain.at(-1)!))
    chain.push(child(parent, 11 + i));
  return { finalized, headers: chain };
}

/** The root of a relay chain state with the given heads, and a proof of the head of parachain `proven`. */
function relayState(
  heads: readonly (readonly [id: number, head: Uint8Array])[],
  proven = paraId,
): { readonly root: Uint8Array; readonly proof: Uint8Array[] } {
  const entries = heads.map(
    ([id, head]) => [paraHeadKey(crypto, id), encode(head, (w, bytes) => w.vecU8(bytes))] as const,
  );
  const other = [Uint8Array.of(1, 2, 3), Uint8Array.of(9)] as const;
  const state = Trie.from({ hash: crypto.blake2b256, version: 1 }, [...entries, other]);
  return { root: state.root, proof: state.prove([paraHeadKey(crypto, proven)]) };
}

function scene(length = 3): { readonly trust: ParaTrust; readonly batch: ParaBatch } {
  const { finalized, headers: chain } = headers(length);
  const { root, proof } = relayState([
    [paraId, chain.at(-1)!],
    [1000, child(zeros, 5)],
  ]);
  return { trust: { relayStateRoot: root, paraId, finalized }, batch: { headers: chain, proof } };
}

describe("paraHeadKey", () => {
  it("is the storage key of a real relay chain", () =>
    expect(toHex(paraHeadKey(crypto, 2000))).toBe(
      "cd710b30bd2eab0352ddcc26417aa1941b3c252fcb29d88eff4f3de5de4476c363f5a4efb16ffa83d0070000",
    ));
});

describe("verifyParaHeaders", () => {
  it("makes headers final up to the head that the relay chain names", () => {
    const { trust, batch } = scene();
    const final = [...verifyParaHeaders(crypto, trust, batch)];
    expect(final.map(({ number }) => number)).toEqual([11, 12, 13]);
    expect(final[2]!.hash).toEqual(headerHash(crypto, batch.headers[2]!));
  });

  it("skips headers that are already final", () => {
    const { trust, batch } = scene();
    const [, second] = verifyParaHeaders(crypto, trust, batch);
    const later = [...verifyParaHeaders(crypto, { ...trust, finalized: second! }, batch)];
    expect(later.map(({ number }) => number)).toEqual([13]);
  });

  it("takes nothing back, and follows no fork, if the relay chain names an earlier or another head", () => {
    const { trust, batch } = scene();
    const [first, second] = batch.headers as [Uint8Array, Uint8Array];
    const finalized = [...verifyParaHeaders(crypto, trust, batch)][2]!;
    const other13 = child(headerHash(crypto, second), 13, 1);
    const other14 = child(headerHash(crypto, other13), 14);
    const after = (...headers: readonly Uint8Array[]) => {
      const { root, proof } = relayState([[paraId, headers.at(-1)!]]);
      const verify = () =>
        verifyParaHeaders(crypto, { ...trust, relayStateRoot: root, finalized }, { headers, proof });
      const code = codeOf(verify);
      return code === "accepted" ? [...verify()] : code;
    };
    expect(after(first, second)).toEqual([]);
    expect(after(other13)).toBe("headers/conflicts-finalized");
    for (const headers of [[other14], [other13, other14], [...batch.headers, other14]])
      expect(after(...headers)).toMatch(/^headers\/(wrong-parent|conflicts-finalized)$/);
  });

  it("proves staged headers that lead to the head, and no others", () => {
    const { trust, batch } = scene(5);
    const stage = (staged: HeaderRun, headers: readonly Uint8Array[]) =>
      stageParaHeaders(crypto, trust.finalized, staged, headers);
    const none = HeaderRun.after(trust.finalized);
    const [first, second, third, ...rest] = batch.headers as [Uint8Array, Uint8Array, Uint8Array];
    const other = child(headerHash(crypto, first), 12, 1);
    const staged = stage(stage(none, [first, second]), [third]);
    const last = { ...batch, headers: rest };
    const final = [...verifyParaHeaders(crypto, trust, last, staged)];
    expect(final).toEqual([...verifyParaHeaders(crypto, trust, batch)]);
    expect(codeOf(() => verifyParaHeaders(crypto, trust, last, none))).toBe("headers/gap");
    const forked = stage(staged, [other]);
    expect([...forked].map(({ number }) => number)).toEqual([11, 12]);
    expect(
      codeOf(() => verifyParaHeaders(crypto, trust, { ...batch, headers: [third, ...rest] }, forked)),
    ).toBe("headers/wrong-parent");
    expect([...stage(forked, batch.headers)]).toEqual(final);
    expect(codeOf(() => stage(none, [second]))).toBe("headers/gap");
  });

  const refused: [
    code: string,
    bend: (scene: { trust: ParaTrust; batch: ParaBatch }) => { trust: ParaTrust; batch: ParaBatch },
  ][] = [
    [
      "parachain/wrong-head",
      ({ trust, batch }) => ({ trust, batch: { ...batch, headers: batch.headers.slice(0, 2) } }),
    ],
    [
      "parachain/wrong-head",
      ({ trust, batch }) => ({
        trust,
        batch: { ...batch, headers: [...batch.headers, child(headerHash(crypto, batch.headers[2]!), 14)] },
      }),
    ],
    ["parachain/wrong-head", ({ trust, batch }) => ({ trust, batch: { ...batch, headers: [] } })],
    [
      "headers/wrong-parent",
      ({ trust, batch }) => ({
        trust,
        batch: { ...batch, headers: [child(zeros, 11), ...batch.headers.slice(1)] },
      }),
    ],
    ["headers/gap", ({ trust, batch }) => ({ trust, batch: { ...batch, headers: batch.headers.slice(1) } })],
    ["trie/root-missing", ({ trust, batch }) => ({ trust: { ...trust, relayStateRoot: zeros }, batch })],
    [
      "trie/incomplete-proof",
      ({ trust, batch }) => ({ trust, batch: { ...batch, proof: batch.proof.slice(0, 1) } }),
    ],
    [
      "codec/truncated",
      ({ trust, batch }) => ({ trust, batch: { ...batch, headers: [batch.headers[0]!.subarray(0, 40)] } }),
    ],
  ];
  it.each(refused)("refuses: %s (%#)", (code, bend) => {
    const { trust, batch } = bend(scene());
    expect(() => verifyParaHeaders(crypto, trust, batch)).toThrow(code);
  });

  it("refuses another parachain's head: parachain/no-head", () => {
    const { finalized, headers: chain } = headers(1);
    const { root, proof } = relayState([[1000, chain[0]!]]);
    expect(() =>
      verifyParaHeaders(crypto, { relayStateRoot: root, paraId, finalized }, { headers: chain, proof }),
    ).toThrow("parachain/no-head");
  });

  it("refuses a head that is followed by other bytes: codec/trailing", () => {
    const { finalized, headers: chain } = headers(1);
    const key = paraHeadKey(crypto, paraId);
    const state = Trie.from({ hash: crypto.blake2b256, version: 1 }, [
      [key, encode(chain[0]!, (w, head) => w.vecU8(head).u8(0))],
    ]);
    const trust = { relayStateRoot: state.root, paraId, finalized };
    expect(() => verifyParaHeaders(crypto, trust, { headers: chain, proof: state.prove([key]) })).toThrow(
      "codec/trailing",
    );
  });
});
