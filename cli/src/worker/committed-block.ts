/** Collects what two workers need to judge each other: the block with the commitment, and proofs. */
import type { JudgedJson } from "@pruntime/api";
import { equal, indexOf, toBase64 } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import { registryPolicyKey, timestampNowKey } from "@pruntime/core/storage-key";
import { orderedKey, orderedTrie, type StateVersion } from "@pruntime/core/trie";
import { complete } from "@pruntime/core/work";
import type { SubstrateNode } from "@pruntime/relay";
import { CliError } from "../error.ts";

/**
 * Reads a final block from a node.
 * @throws {@link CliError} `cli/no-commitment`; RelayError
 */
export async function committedBlock(
  node: SubstrateNode,
  hash: Uint8Array,
  commitment: Uint8Array,
): Promise<JudgedJson["block"]> {
  const { crypto } = node;
  const { header, extrinsics } = await node.blockOf(hash);
  const extrinsic = extrinsics.findIndex((bytes) => indexOf(bytes, commitment) !== undefined);
  const { extrinsicsRoot } = decodeHeader(header.encoded);
  const tries = ([0, 1] satisfies StateVersion[]).map((version) =>
    complete(orderedTrie(crypto.blake2b256, extrinsics, version)),
  );
  const trie = tries.find(({ root }) => equal(root, extrinsicsRoot));
  if (trie === undefined || extrinsic < 0)
    throw new CliError({ code: "cli/no-commitment", number: header.number });
  const keys = [registryPolicyKey(crypto), timestampNowKey(crypto)];
  return {
    extrinsic,
    extrinsic_proof_b64: trie.prove([orderedKey(extrinsic)]).map(toBase64),
    header_b64: toBase64(header.encoded),
    state_proof_b64: (await node.readProof(keys, hash)).map(toBase64),
  };
}
