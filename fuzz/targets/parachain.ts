import { decodeHeader } from "@pruntime/core/chain";
import { toFinalized } from "@pruntime/core/light-client";
import { paraHeadKey, verifyParaHeaders } from "@pruntime/core/parachain";
import { decodeAll, encode, Writer } from "@pruntime/core/scale";
import { Trie } from "@pruntime/core/trie";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { noise } from "../../trusted/core/test/trie/states.ts";
import { at4, next } from "../../trusted/core/test/warp/chain.ts";
import type { Target } from "../target.ts";

const crypto = await createNativeCrypto();
const paraId = 2004;
const finalized = toFinalized(at4);

/**
 * Verifies parachain headers against a proof. The hash of the first trie node serves as the root of the
 * relay chain's state, so the reader also reads mutated nodes.
 */
export const target: Target = {
  run: (input) => {
    const [headers, proof] = decodeAll(
      input,
      (r) => [r.vec(1, (r) => r.vecU8()), r.vec(1, (r) => r.vecU8())] as const,
    );
    const relayStateRoot = crypto.blake2b256(proof[0] ?? new Uint8Array());
    const fresh = verifyParaHeaders(crypto, { relayStateRoot, paraId, finalized }, { headers, proof });
    return [[...fresh], headers.map((encoded) => decodeHeader(encoded).number)];
  },
  genuine: () => {
    const first = next(at4);
    const chain = [first, next(first), next(next(first))];
    const of = (length: number) => {
      const given = chain.slice(0, length).map(({ encoded }) => encoded);
      const key = paraHeadKey(crypto, paraId);
      const head = encode(given.at(-1) ?? new Uint8Array(), (w, bytes) => w.vecU8(bytes));
      const others = Array.from({ length: 12 }, (_, i) => [noise(i), noise(i)] as const);
      const proof = Trie.from({ hash: crypto.blake2b256, version: 1 }, [...others, [key, head]]).prove([key]);
      return new Writer()
        .vec(given, (w, bytes) => w.vecU8(bytes))
        .vec(proof, (w, bytes) => w.vecU8(bytes))
        .finish();
    };
    return { one: of(1), three: of(3) };
  },
};
