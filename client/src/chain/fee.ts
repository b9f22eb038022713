/** The fee of a transaction, from its events. */

/** An event of a transaction, as polkadot-api decodes it. */
export interface DecodedEvent {
  /** The pallet. */
  readonly type: string;
  /** The event's name and its fields. */
  readonly value: { readonly type: string; readonly value: unknown };
}

/**
 * What an account paid for a transaction, in the chain's smallest unit, from `TransactionPayment`'s event;
 * `undefined` if the chain emits no such event.
 */
export function feeIn(events: readonly DecodedEvent[]): bigint | undefined {
  const paid = events.find(
    ({ type, value }) => type === "TransactionPayment" && value.type === "TransactionFeePaid",
  );
  const fee = (paid?.value.value as { readonly actual_fee?: unknown } | undefined)?.actual_fee;
  return typeof fee === "bigint" ? fee : undefined;
}
