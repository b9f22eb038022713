/** Follows a transaction until it is in a final block. */
import { ClientError } from "../error.ts";
import type { InBlock, SubmitOptions } from "../push.ts";
import { type DecodedEvent, feeIn } from "./fee.ts";

/** A transaction in a finalized block. */
export interface Submitted extends InBlock {
  /** What the account paid, in the chain's smallest unit; `undefined` if the chain does not say. */
  readonly fee: bigint | undefined;
}

/** A transaction in a block, as polkadot-api reports it. */
interface Found {
  readonly txHash: string;
  readonly block: { readonly hash: string; readonly number: number; readonly index: number };
  readonly ok: boolean;
  readonly events: readonly DecodedEvent[];
  readonly dispatchError?: unknown;
}

/** What polkadot-api reports about a transaction. */
type TransactionEvent =
  | { readonly type: "signed" | "broadcasted" }
  | { readonly type: "txBestBlocksState"; readonly found: false }
  | ({ readonly type: "txBestBlocksState"; readonly found: true } & Found)
  | ({ readonly type: "finalized" } & Found);

/** The events of a transaction, which begin when someone subscribes. */
export interface TransactionEvents {
  readonly subscribe: (observer: {
    readonly next: (event: TransactionEvent) => void;
    readonly error: (cause: unknown) => void;
  }) => { readonly unsubscribe: () => void };
}

/**
 * How long a client waits until a transaction is final.
 * @limit ms
 * @source chosen: polkadot-api signs for 64 blocks of 6 s each, after which no block takes the transaction
 * @past `client/not-finalized`
 */
const usualTimeoutMs = 600_000;

/**
 * Signs and sends a transaction, and waits until it is final.
 * @throws {@link ClientError} `client/transaction-failed`, `client/not-finalized`; the signal's reason
 */
export function untilFinal(
  events: TransactionEvents,
  { signal, onBlock, timeoutMs = usualTimeoutMs }: SubmitOptions = {},
): Promise<Submitted> {
  let end = (): void => {};
  const final = new Promise<Submitted>((resolve, reject) => {
    let latest: InBlock | undefined;
    const next = (event: TransactionEvent): void => {
      if (event.type === "finalized") {
        if (event.ok) resolve(submitted(event));
        else reject(failure(event));
      }
      if (event.type !== "txBestBlocksState") return;
      const block = event.found ? placeOf(event) : undefined;
      if (block !== undefined && block.blockHash !== latest?.blockHash) onBlock?.(block);
      latest = block;
    };
    const error = (cause: unknown): void => reject(refused(cause));
    const aborted = (): void => reject(signal?.reason);
    const late = (): void =>
      reject(
        new ClientError({ code: "client/not-finalized", inBlock: latest?.blockNumber ?? null, timeoutMs }),
      );
    if (signal?.aborted === true) return aborted();
    signal?.addEventListener("abort", aborted);
    const timer = setTimeout(late, timeoutMs);
    const subscription = events.subscribe({ next, error });
    end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
      subscription.unsubscribe();
    };
  });
  return final.finally(() => end());
}

function placeOf({ txHash, block: { hash, number, index } }: Found): InBlock {
  return { blockHash: hash, blockNumber: number, extrinsicIndex: index, txHash };
}

function submitted(found: Found): Submitted {
  return { ...placeOf(found), fee: feeIn(found.events) };
}

function failure({ dispatchError }: Found): ClientError {
  return new ClientError({
    code: "client/transaction-failed",
    reason: dispatchErrorName(dispatchError as DispatchError),
  });
}

/** The error for what polkadot-api throws, which has no codes. */
export function refused(cause: unknown): ClientError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClientError({ code: "client/transaction-failed", reason }, { cause });
}

/**
 * Returns the name of a dispatch error, such as `Registry.Replayed` for an error of a pallet, or `BadOrigin`
 * for one of FRAME's own errors.
 */
function dispatchErrorName({ type, value }: DispatchError): string {
  if (typeof value !== "object" || value === null) return type;
  const inner = dispatchErrorName(value as DispatchError);
  return type === "Module" ? inner : `${type}.${inner}`;
}

interface DispatchError {
  readonly type: string;
  readonly value?: unknown;
}
