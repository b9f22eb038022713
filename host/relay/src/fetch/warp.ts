/**
 * Makes the parts of a warp-sync proof from a node's finality proofs, because nodes serve complete warp-sync
 * proofs only over their network protocol. This file verifies nothing.
 */
import { decodeHeader } from "@pruntime/core/chain";
import { decodeJustification, grandpaDigests } from "@pruntime/core/grandpa";
import type { WarpFragment } from "@pruntime/core/warp";
import { RelayError } from "../error.ts";
import type { NodeHeader, SubstrateNode } from "../node/node.ts";

/** How many headers before the last block of a set are searched for the change's announcement. */
const lookBack = 1_024;
/** How many headers are read at once. */
const step = 64;

/**
 * Yields a proof of the last block of each set that ended at or after block `from`, and then a proof of the
 * last block that the node can prove.
 * @throws {@link RelayError} `relay/bad-answer` for a proof of the wrong block; the errors of
 * {@link SubstrateNode}'s requests
 */
export async function* fetchWarpFragments(node: SubstrateNode, from: number): AsyncGenerator<WarpFragment> {
  const finalized = await node.finalizedNumber();
  for (let next = from; next <= finalized; ) {
    const proof = await node.proveFinality(next);
    if (proof === undefined) return;
    const justification = decodeJustification(proof.justification);
    const { targetNumber } = justification;
    if (targetNumber < next) return; // the node's latest proof is older than the requested block
    const target = await node.headerAt(targetNumber);
    const { encoded, hash } = target;
    if (Buffer.compare(hash, justification.targetHash) !== 0)
      throw new RelayError({ code: "relay/bad-answer", method: "grandpa_proveFinality" });
    const before = await headersSinceAnnouncement(node, target, next);
    yield { header: decodeHeader(encoded), encodedHeader: encoded, justification, before };
    next = targetNumber + 1;
  }
}

/**
 * Returns the headers before `end`, beginning with the header that announced a change for `end`. Returns
 * `undefined` if `end` announces the change itself, or if no header within the look-back, from `first` on,
 * announces a change for `end`.
 */
async function headersSinceAnnouncement(
  node: SubstrateNode,
  end: NodeHeader,
  first: number,
): Promise<Uint8Array[] | undefined> {
  if (announces(end, end.number)) return undefined;
  const least = Math.max(first, end.number - lookBack);
  let headers: NodeHeader[] = [];
  for (let top = end.number - 1; top >= least; top -= step) {
    headers = [...(await node.headersAt(Math.max(least, top - step + 1), top)), ...headers];
    const found = headers.findIndex((header) => announces(header, end.number));
    if (found >= 0) return headers.slice(found).map(({ encoded }) => encoded);
  }
  return undefined;
}

/** Whether a header announces a change of authorities that block `enactsAt` enacts. */
function announces({ number, encoded }: NodeHeader, enactsAt: number): boolean {
  return grandpaDigests(decodeHeader(encoded)).some(
    (digest) => digest.kind === "scheduled-change" && number + digest.delay === enactsAt,
  );
}
