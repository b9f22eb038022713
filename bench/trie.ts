/**
 * State roots and proofs. The peer is smoldot's trie, which @acala-network/chopsticks-executor runs as
 * WebAssembly with hex strings as input and output.
 */
import { calculate_state_root, create_proof, decode_proof } from "@acala-network/chopsticks-executor";
import { to0x } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { openStateProof, Trie, type TrieParameters } from "@pruntime/core/trie";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { compare, type Row } from "./harness.ts";

export const name = "trie";

const size = 10_000;
const changed = 10;
const proven = 8;
const version = 1;

/** Makes entries like the entries of a real chain's state: account keys below thirty-two map prefixes. */
function state(hash: TrieParameters["hash"]): [Uint8Array, Uint8Array][] {
  return Array.from({ length: size }, (_, i) => {
    const prefix = hash(Uint8Array.of(i % 32));
    const account = hash(Uint8Array.of(i & 255, i >> 8));
    const key = new Uint8Array(80);
    key.set(prefix);
    key.set(account.subarray(0, 16), 32);
    key.set(account, 48);
    return [key, new Uint8Array(i % 4 === 0 ? 80 : 16).fill(i)];
  });
}

export async function run(): Promise<Row[]> {
  const native = await createNativeCrypto({ addons: true });
  const entries = state(native.blake2b256);
  const hex = entries.map(([key, value]) => [to0x(key), to0x(value)]);
  const p = { hash: native.blake2b256, version } as const;
  const trie = Trie.from(p, entries);
  const { root } = trie;
  if ((await calculate_state_root(hex, version)) !== to0x(root)) throw new Error("the peer has another root");

  const keys = Array.from({ length: proven }, (_, i) => (entries[i * 1201] as (typeof entries)[number])[0]);
  const nodes = trie.prove(keys);
  const hexNodes = nodes.map(to0x);
  const updates = entries.slice(0, changed).map(([key], i) => [key, Uint8Array.of(i, 1, 2, 3)] as const);
  const proofUpdates = keys.map((key) => [to0x(key), to0x(Uint8Array.of(1, 2, 3))]);
  const enclave = await createNativeCrypto();
  const readAll = (hash: TrieParameters["hash"]) => {
    const proof = openStateProof(hash, root, nodes);
    return keys.map((key) => proof.read(key));
  };
  const peerRoot = () => calculate_state_root(hex, version);
  return [
    await compare(
      `root of ${size} keys`,
      () => Trie.from(p, entries).root,
      peerRoot,
      "native hash; keys unsorted",
    ),
    await compare(
      `root of ${size} keys, portable`,
      () => Trie.from({ ...p, hash: portableCrypto.blake2b256 }, entries).root,
      peerRoot,
    ),
    await compare(
      `root after ${changed} changes in ${size}`,
      () => trie.apply(updates).root,
      peerRoot,
      "the peer builds the whole trie again",
    ),
    await compare(
      `proof of ${proven} keys`,
      () => trie.prove(keys),
      () => create_proof(hexNodes, proofUpdates),
      "the peer makes its proof from another proof",
    ),
    await compare(
      `verify ${proven} keys`,
      () => readAll(enclave.blake2b256),
      () => decode_proof(to0x(root), hexNodes),
      "hash as in the enclave",
    ),
    await compare(
      `verify ${proven} keys`,
      () => readAll(enclave.blake2b256),
      () => nodes.map((node) => enclave.blake2b256(node)),
      "hash as in the enclave; peer: hash each node",
    ),
    await compare(
      `verify ${proven} keys, portable`,
      () => readAll(portableCrypto.blake2b256),
      () => decode_proof(to0x(root), hexNodes),
    ),
  ];
}
