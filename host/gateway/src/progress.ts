/**
 * The worker's progress, as it states it in replies. The statements are not verified, because the gateway
 * only reports them: in metrics, in the log, and to callers that ask whether the worker is ready.
 */
import { dispatchBlock, syncBlock } from "@pruntime/api";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeStatement, type SignedStatement, type Statement } from "@pruntime/core/statement";

/** The latest heights and the latest chain time that an enclave has stated since it started. */
export interface Progress {
  /** The number of the last finalized block. */
  readonly finalized: number;
  /** The number of the last block whose commands were executed. */
  readonly dispatched: number;
  /** The proven time of the last executed block, in Unix milliseconds; 0 if it is unknown. */
  readonly chainTimeMs: number;
}

/** Blocks that one call has dispatched, both included. */
export interface Batch {
  readonly from: number;
  readonly to: number;
}

/** Keeps the latest progress of the running enclave. A restarted enclave begins again. */
export class StatedProgress {
  readonly #restarts: () => number;
  #stated: (Progress & { readonly restarts: number }) | undefined;

  /** `restarts` returns the number of the enclave's restarts so far. */
  constructor(restarts: () => number) {
    this.#restarts = restarts;
  }

  /** The progress; `undefined` if the running enclave has stated none. */
  get latest(): Progress | undefined {
    return this.#stated?.restarts === this.#restarts() ? this.#stated : undefined;
  }

  /**
   * Takes the statement of a reply to an action. Returns the blocks that the action has dispatched, if any.
   * Replies may overtake each other, so lower heights than before are ignored.
   */
  take(action: string, { bytes }: SignedStatement): Batch | undefined {
    const statement = readStatement(bytes);
    if (statement === undefined) return undefined;
    const before = this.latest;
    const { finalizedNumber: finalized, dispatchedNumber: dispatched } = statement;
    const advances = before === undefined || dispatched >= before.dispatched;
    this.#stated = {
      finalized: Math.max(finalized, before?.finalized ?? 0),
      dispatched: Math.max(dispatched, before?.dispatched ?? 0),
      chainTimeMs: advances ? Number(statement.chainTimeMs) : before.chainTimeMs,
      restarts: this.#restarts(),
    };
    if (before === undefined || dispatched <= before.dispatched || !dispatching.includes(action))
      return undefined;
    return { from: before.dispatched + 1, to: dispatched };
  }
}

/** The actions that dispatch blocks. */
export const dispatching: readonly string[] = [dispatchBlock.name, syncBlock.name];

/**
 * Decodes a statement. Returns `undefined` if it cannot be decoded, for example because its version is newer:
 * a report must not make a reply fail.
 */
function readStatement(bytes: Uint8Array): Statement | undefined {
  try {
    return decodeStatement(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
