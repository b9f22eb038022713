import type { Justification } from "@pruntime/core/grandpa";
import type { Block } from "../block.ts";

/**
 * Where a node may lie or be of no use. Each hook sees the truth and answers what is told instead; the chain
 * itself stays honest. Ready-made ones are in {@link faults}. They come with the chain's options, or are
 * switched with `setFault` and, by name, `dev_setFault`.
 */
export interface Faults {
  /** What is stored and served instead of a genuine justification. */
  readonly justification?: (genuine: Justification, block: Block) => Justification;
  /** Blocks (by number) that the node claims not to know. */
  readonly withholds?: (number: number) => boolean;
  /** What is served instead of a genuine read proof. */
  readonly readProof?: (genuine: readonly Uint8Array[], at: Block) => readonly Uint8Array[];
  /** The height beyond which the node pretends that nothing has happened yet. */
  readonly staleAt?: () => number | undefined;
  /**
   * What is sent instead of a genuine JSON-RPC result; for a subscription's messages, `method` is what the
   * notification is called.
   */
  readonly result?: (method: string, genuine: unknown) => unknown;
  /** How long a request waits before it is looked at, in milliseconds. */
  readonly delayMs?: (method: string) => number;
  /** What a request is refused with, if it is. */
  readonly refuses?: (method: string) => { readonly code: number; readonly message: string } | undefined;
}
