/** Fills blocks of the embedded chain with commands. */
import { utf8 } from "@pruntime/core/bytes";
import type { Devchain } from "@pruntime/devchain";
import { batch, pushCommand, signed } from "../../host/devchain/test/support/extrinsic.ts";
import type { Signer } from "../../host/devchain/test/support/keys.ts";
import type { Payload } from "./kinds.ts";

/** The extrinsics of a block take at most this many bytes, and one batch at most this many calls. */
const [blockBytes, callsPerBatch] = [3_850_000, 10_000];

/** Where to go on: the number of the next command, and the sender's next nonce. */
export interface Position {
  readonly command: number;
  readonly nonce: number;
}

/** Submits commands, as many as fit into a block and at most up to command `end`. Returns where to go on. */
export function fill(
  chain: Devchain,
  sender: Signer,
  { contract, payload }: { readonly contract: number; readonly payload: Payload },
  { command, nonce }: Position,
  end = Infinity,
): Position {
  let [next, bytes, submitted] = [command, 0, 0];
  while (bytes < blockBytes && next < end) {
    const calls: Uint8Array[] = [];
    while (next < end && calls.length < callsPerBatch) {
      const call = pushCommand(contract, utf8(payload(next, chain)));
      bytes += call.length;
      if (bytes >= blockBytes) break;
      calls.push(call);
      next++;
    }
    if (calls.length === 0) break;
    chain.submit(signed(chain, sender, batch("batch", calls), { nonce: nonce + submitted++ }));
  }
  return { command: next, nonce: nonce + submitted };
}
