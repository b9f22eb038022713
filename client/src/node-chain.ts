/** Checks that a node follows the worker's chain. */
import { equal, toHex } from "@pruntime/core/bytes";
import { ClientError } from "./error.ts";

/**
 * Compares the hash of the genesis block of the worker's chain with the hash that a node reports. This finds
 * mistakes, such as the address of another node. A node that lies can also drop what it receives.
 * @throws {@link ClientError} `client/node-on-other-chain`
 */
export function checkNodeChain(ofWorker: Uint8Array, ofNode: Uint8Array): void {
  if (!equal(ofWorker, ofNode))
    throw new ClientError({
      code: "client/node-on-other-chain",
      node: toHex(ofNode),
      worker: toHex(ofWorker),
    });
}
