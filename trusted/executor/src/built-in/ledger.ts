/**
 * Balances by account, which two contracts use. The balances never add up to more than the issued amount, so
 * no sum overflows `u128`.
 */
import { toHex } from "@pruntime/core/bytes";
import type { Cell } from "../state/cell.ts";
import type { State, StateView } from "../state/overlay.ts";

/** The result of a transfer. */
export type Transferred = "Ok" | "NoBalance" | "InsufficientBalance";

/**
 * The balances of one currency, stored in the entries of `cell` under `ids`. An account that has never held
 * the currency has no entry.
 */
export class Ledger {
  readonly #cell: Cell<bigint>;
  readonly #ids: readonly (string | number)[];

  constructor(cell: Cell<bigint>, ...ids: readonly (string | number)[]) {
    this.#cell = cell;
    this.#ids = ids;
  }

  get(state: StateView, account: Uint8Array): bigint | undefined {
    return this.#cell.get(state, ...this.#ids, toHex(account));
  }

  set(state: State, account: Uint8Array, balance: bigint): void {
    this.#cell.set(state, balance, ...this.#ids, toHex(account));
  }

  /**
   * Moves `value`. The payer is debited before the payee's balance is read, so a transfer from an account to
   * itself changes nothing.
   */
  transfer(state: State, from: Uint8Array, to: Uint8Array, value: bigint): Transferred {
    const available = this.get(state, from);
    if (available === undefined) return "NoBalance";
    if (available < value) return "InsufficientBalance";
    if (value === 0n) return "Ok";
    this.set(state, from, available - value);
    this.set(state, to, (this.get(state, to) ?? 0n) + value);
    return "Ok";
  }
}
