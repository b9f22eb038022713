/**
 * Shares of the work on queries, by account. The gateway divides the enclave's time among networks. It does
 * not know the accounts, because they are sealed, so an account that asks from many networks would get the
 * share of each of them. The worker therefore remembers how much work each account has recently caused. While
 * calls of other networks wait, an account gets at most twice the share of one network. What an account used
 * while fewer networks waited, or none, is not held against it: when more wait, it gets its share at once.
 *
 * The time inside an enclave comes from the host. So the worker counts units of work, and the use of an
 * account fades while the worker does other work, not while time passes. The host also states how many
 * networks wait. If it states a wrong number, the worker refuses accounts with much use without need, or does
 * not refuse them. An account that has used less than the least share is never refused, so the host cannot
 * recognize such an account by a refusal.
 */
import { toHex } from "@pruntime/core/bytes";
import { QueryError } from "@pruntime/core/channel";

/**
 * The bytes of a query and its answer that count as one unit of work, as a query without them does.
 * @limit bytes
 * @source chosen: to read or write this many bytes takes less time than to open, verify and sign a query
 * @past further bytes count as further work
 */
const bytesPerUnit = 8_192;

/** What the shares of accounts are parts of, and how many accounts are remembered. */
export interface ShareLimits {
  /** The work that counts as recent, in units: a use fades to 37 % (1/e) while this work is done. */
  readonly recentUnits: number;
  /** The recent work that an account may always have caused, in units. */
  readonly leastUnits: number;
  readonly accounts: number;
}

/**
 * The recent work on queries, the part of it that an account may always have caused, and the accounts whose
 * use is remembered. A unit of work is a query and its answer with less than 8 KiB.
 * @limit units, units, accounts
 * @source chosen: about a minute of a busy worker's work, and a second of it; the use of an account that is
 * not remembered is less than a tenth of the least share
 * @past a use fades to 37 %; `query/over-share` while calls of many other networks wait; a newcomer takes the
 * place of the account with the least use
 */
export const shareLimits: ShareLimits = { recentUnits: 65_536, leastUnits: 1_024, accounts: 1_024 };

/** The use of an account, in units, at a moment of the worker's work. */
interface Use {
  readonly units: number;
  /** The part of `units` that the account's last query caused. */
  readonly last: number;
  /** The units of all work until this moment. */
  readonly at: number;
}

/** Remembers how much of the recent work on queries each account has caused. */
export class AccountShares {
  readonly #limits: ShareLimits;
  readonly #uses = new Map<string, Use>();
  /** The work on all queries so far, in units. */
  #done = 0;

  constructor(limits: ShareLimits = shareLimits) {
    this.#limits = limits;
  }

  /**
   * Checks that an account is within its share. The caller has verified the account's signature: otherwise
   * anyone could ask whether an account has much use. `waiting` is the number of other networks whose calls
   * wait, as the host states it. A refused query counts as work, but not as use of the account, so that the
   * account is served again even if it never pauses. A refusal also forgets what the account had used beyond
   * its share before its last query.
   * @throws {@link QueryError} `query/over-share`
   */
  check(account: Uint8Array, waiting: number): void {
    const { recentUnits, leastUnits } = this.#limits;
    const name = toHex(account);
    const known = this.#uses.get(name);
    const use = this.#useOf(known);
    const share = Math.max(leastUnits, (2 * recentUnits) / (waiting + 1));
    if (known === undefined || use <= share) return;
    const units = Math.min(use, share + known.last);
    this.#uses.set(name, { units, last: known.last, at: this.#done++ });
    const retryMs = Math.ceil(recentUnits * Math.log(units / share));
    throw new QueryError({ code: "query/over-share", retryMs });
  }

  /**
   * Counts an answered query, whose text and answer have `bytes` together. `account` is `undefined` for work
   * that is the use of no account.
   */
  add(account: Uint8Array | undefined, bytes: number): void {
    const units = 1 + bytes / bytesPerUnit;
    this.#done += units;
    if (account === undefined) return;
    const name = toHex(account);
    const use = this.#uses.get(name) ?? this.#place();
    this.#uses.set(name, { units: this.#useOf(use) + units, last: units, at: this.#done });
  }

  #useOf(use: Use | undefined): number {
    return use === undefined ? 0 : use.units * Math.exp((use.at - this.#done) / this.#limits.recentUnits);
  }

  /**
   * Removes the account with the least use, if the table is full, and returns its use. The newcomer takes it
   * over (the Space-Saving algorithm), so that no account's use is ever counted as less than it is.
   */
  #place(): Use | undefined {
    if (this.#uses.size < this.#limits.accounts) return undefined;
    let [least, of]: [Use | undefined, string] = [undefined, ""];
    for (const [name, use] of this.#uses)
      if (least === undefined || this.#useOf(use) < this.#useOf(least)) [least, of] = [use, name];
    this.#uses.delete(of);
    return least;
  }
}
