/** A contract's answer, and the checked reply that contains it. */
import type { Json } from "@pruntime/core/json";
import type { Statement } from "@pruntime/core/statement";
import type { KnownBlock } from "./progress.ts";
import type { CheckedReply, Exchange } from "./reply.ts";

/** A contract's answer, with the block and the chain time at which the answer is valid. */
export interface Answer<T = Json> {
  readonly value: T;
  readonly finalizedNumber: number;
  readonly dispatchedNumber: number;
  readonly chainTimeMs: bigint;
  readonly stateRoot: Uint8Array;
  /**
   * Whether the worker has stopped at this block, because its program cannot read the chain's newest runtime.
   */
  readonly runtimeUnreadable: boolean;
  /**
   * The block that the query named, which the worker had to have in its chain. If the client knew this block
   * only from the anchor, a copy of the worker that is held back could have answered. `undefined` for the
   * kinds plain and v1.
   */
  readonly knownBlock: KnownBlock | undefined;
  /** The request and reply as sent, for the client's `replyReceipt`. */
  readonly exchange: Exchange;
}

/** A checked reply whose statement gives the block and the chain time at which the reply is valid. */
export type DatedReply<T> = CheckedReply<T> & { readonly statement: Statement };

/** The answer that a reply contains. @param knownBlock the block that the query named */
export function answerOf(
  { statement, exchange }: DatedReply<unknown>,
  value: Json,
  knownBlock: KnownBlock | undefined,
): Answer {
  const { finalizedNumber, dispatchedNumber, chainTimeMs, stateRoot, runtimeUnreadable } = statement;
  const block = { finalizedNumber, dispatchedNumber, chainTimeMs, stateRoot, runtimeUnreadable };
  return { value, ...block, knownBlock, exchange };
}
