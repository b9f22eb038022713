import type { Justification } from "@pruntime/core/grandpa";
import type { Block } from "../block.ts";

/**
 * The faults of a node. A hook with a parameter `genuine` receives the genuine value, and returns the value
 * that the node reports instead. A fault does not change the chain itself. {@link faults} has ready-made
 * faults. Pass them in the chain's options, or switch them on with `setFault` or `dev_setFault`.
 */
export interface Faults {
  /** The justification that the node stores and serves instead of `genuine`. */
  readonly justification?: (genuine: Justification, block: Block) => Justification;
  /** Whether the node claims not to have the block with this number. */
  readonly withholds?: (number: number) => boolean;
  /** The read proof that the node serves instead of `genuine`. */
  readonly readProof?: (genuine: readonly Uint8Array[], at: Block) => readonly Uint8Array[];
  /** The number of the highest block that the node reports; `undefined` if it reports all blocks. */
  readonly staleAt?: () => number | undefined;
  /**
   * The JSON-RPC result that the node sends instead of `genuine`. For a subscription's message, `method` is
   * the name of the notification.
   */
  readonly result?: (method: string, genuine: unknown) => unknown;
  /** The delay before the node handles a request, in milliseconds. */
  readonly delayMs?: (method: string) => number;
  /** The error with which the node refuses a request; `undefined` if the node accepts the request. */
  readonly refuses?: (method: string) => { readonly code: number; readonly message: string } | undefined;
}
