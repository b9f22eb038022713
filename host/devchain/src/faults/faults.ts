import type { Justification } from "@pruntime/core/grandpa";
import type { Block } from "../block.ts";

/**
 * Where a node lies or fails. Each hook sees the truth and returns what the node says instead; the chain
 * itself stays honest. {@link faults} has ready-made ones. Pass them with the chain's options, or switch them
 * with `setFault` and, by name, `dev_setFault`.
 */
export interface Faults {
  /** Returns the justification that is stored and served instead of the genuine one. */
  readonly justification?: (genuine: Justification, block: Block) => Justification;
  /** The numbers of blocks that the node claims not to know. */
  readonly withholds?: (number: number) => boolean;
  /** Returns the read proof that is served instead of the genuine one. */
  readonly readProof?: (genuine: readonly Uint8Array[], at: Block) => readonly Uint8Array[];
  /** The height beyond which the node pretends that nothing has happened. */
  readonly staleAt?: () => number | undefined;
  /**
   * Returns the JSON-RPC result that is sent instead of the genuine one. For a subscription's messages,
   * `method` is the name of the notification.
   */
  readonly result?: (method: string, genuine: unknown) => unknown;
  /** How long a request waits before it is read, in milliseconds. */
  readonly delayMs?: (method: string) => number;
  /** The error that a request is refused with, if it is refused. */
  readonly refuses?: (method: string) => { readonly code: number; readonly message: string } | undefined;
}
