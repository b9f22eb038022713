import type { Justification } from "@pruntime/core/grandpa";
import type { Block } from "../block.ts";

/**
 * The faults of a node. Each hook receives the genuine value and returns what the node reports instead. The
 * chain itself stays honest. {@link faults} has ready-made faults. Pass them in the chain's options, or
 * switch them on with `setFault` and, by name, `dev_setFault`.
 */
export interface Faults {
  /** The justification that is stored and served instead of a genuine one. */
  readonly justification?: (genuine: Justification, block: Block) => Justification;
  /** The numbers of blocks that the node claims not to know. */
  readonly withholds?: (number: number) => boolean;
  /** The read proof that is served instead of a genuine one. */
  readonly readProof?: (genuine: readonly Uint8Array[], at: Block) => readonly Uint8Array[];
  /** The height beyond which the node pretends that nothing has happened. */
  readonly staleAt?: () => number | undefined;
  /**
   * The JSON-RPC result that is sent instead of a genuine one. For a subscription's messages, `method` is the
   * name of the notification.
   */
  readonly result?: (method: string, genuine: unknown) => unknown;
  /** The delay before a request is read, in milliseconds. */
  readonly delayMs?: (method: string) => number;
  /** The error for a request, if the node refuses it. */
  readonly refuses?: (method: string) => { readonly code: number; readonly message: string } | undefined;
}
