/** A chain with a forced change of its authorities, and signed checkpoints that lead past the change. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { fromHex, to0x, toBase64 } from "@pruntime/core/bytes";
import { decodeAuthorityList } from "@pruntime/core/grandpa";
import { type Checkpoint, encodeRecovery, type Recovery, recoveryHash } from "@pruntime/core/light-client";
import { grandpaAuthoritiesKey } from "@pruntime/core/storage-key";
import type { Devchain } from "@pruntime/devchain";
import { manualChain } from "../../../trusted/runtime/test/support/devchain.ts";
import type { Called, Started } from "./enclave.ts";

/** A chain of nine blocks with a forced change at this block. Two such chains are equal before the change. */
export async function forcedChain(at = 4): Promise<Devchain> {
  const chain = await manualChain();
  for (let number = 1; number <= 9; number++) {
    if (number === at) chain.rotateAuthorities({ forced: true });
    chain.produceBlock();
  }
  return chain;
}

const secrets = [1, 2].map((byte) => new Uint8Array(32).fill(byte));
const publicKeys = secrets.map((secret) => ed25519.getPublicKey(secret));
export const recovery_keys = { threshold: 2, keys: publicKeys.map(to0x).sort() };

export function checkpointAt(chain: Devchain, number: number): Checkpoint {
  const block = chain.blockAt(number)!;
  const list = decodeAuthorityList(chain.stateOf(block).get(grandpaAuthoritiesKey(chain.crypto))!);
  return {
    genesisHash: chain.genesisHash,
    encodedHeader: block.encodedHeader,
    authorities: { setId: 1n, authorities: list },
    pending: [],
  };
}

/** Signs a checkpoint with both recovery keys, and gives the worker the checkpoint and the path to it. */
export function recover(worker: Started, chain: Devchain, number: number): Called {
  const { anchor, finalized: from } = worker.call("get_status").payload;
  const recovery: Recovery = {
    anchor: fromHex(anchor as string),
    replacedSetId: 0n,
    checkpoint: checkpointAt(chain, number),
  };
  const hash = recoveryHash(chain.crypto, recovery);
  const signatures = secrets.map((secret, at) => ({
    key: publicKeys[at]!,
    signature: ed25519.sign(hash, secret),
  }));
  const first = ((from as { readonly number: number } | null)?.number ?? 0) + 1;
  const headers_b64 = Array.from({ length: Math.max(0, number - first) }, (_, at) =>
    toBase64(chain.blockAt(first + at)!.encodedHeader),
  );
  const text = encodeRecovery({ ...recovery, signatures });
  return worker.call("recover_finality", { recovery: text, headers_b64 });
}
