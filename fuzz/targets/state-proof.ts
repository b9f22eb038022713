import { portableCrypto } from "@pruntime/core/crypto";
import { decodeAll, encode } from "@pruntime/core/scale";
import { openStateProof, Trie } from "@pruntime/core/trie";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { type DecodedNode, decodeNode, encodeNode } from "../../trusted/core/src/trie/node-codec.ts";
import { noise } from "../../trusted/core/test/trie/states.ts";
import { canonical, type Target, verdict } from "../target.ts";

const { blake2b256 } = await createNativeCrypto();
const keys = [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(1, 2), noise(3), noise(5), noise(99)];

function proof(version: 0 | 1, entries: number, valueLength: (i: number) => number): Uint8Array {
  const given = Array.from(
    { length: entries },
    (_, i) => [i < 3 ? (keys[i] as Uint8Array) : noise(i), noise(`v${i}`, valueLength(i))] as const,
  );
  const trie = Trie.from({ hash: portableCrypto.blake2b256, version }, given);
  return encode(trie.prove(keys), (w, nodes) => w.vec(nodes, (w, node) => w.vecU8(node)));
}

/** Encodes a node again, together with its inlined children. */
function bytesOf({ bytes, partial, value, children }: DecodedNode): Uint8Array {
  const references = children.map((child) =>
    typeof child === "number" ? bytes.subarray(child, child + 32) : child && bytesOf(child),
  );
  return encodeNode({ partial, value, children: references });
}

/**
 * Reads values from a `Vec` of nodes. The hash of the first node serves as the root, so the reader also
 * reads mutated nodes.
 */
export const target: Target = {
  run: (input) => {
    const nodes = decodeAll(input, (r) => r.vec(1, (r) => r.vecU8()));
    const opened = openStateProof(blake2b256, blake2b256(nodes[0] ?? new Uint8Array()), nodes);
    const decoded = nodes.map((node) => verdict(() => canonical(node, decodeNode(node), bytesOf)));
    const answers = [...keys, input.subarray(0, 8)].map((key) => [
      opened.covers(key),
      verdict(() => opened.read(key)),
    ]);
    return [decoded, answers];
  },
  genuine: () => ({
    empty: proof(0, 0, () => 0),
    one: proof(0, 1, () => 3),
    "version-0": proof(0, 40, (i) => i),
    "version-1": proof(1, 60, (i) => 2 * i),
    inlined: proof(1, 4, () => 1),
    values: proof(1, 6, () => 300),
  }),
};
