/**
 * The joins that wait. The accounts that ordered them take turns of equal cost (start-time fair queueing): a
 * join's turn is the end of its account's previous join, or the present turn if the account has none waiting.
 * So an account that orders many joins delays its own joins, and another account's join waits for at most one
 * join of each account.
 */

/** A join of two files. At least one order asks for it. */
export interface Join {
  readonly dataset: DataFile;
  readonly query: DataFile;
  /** The number of matching rows; `undefined` until they have been counted. */
  rows: number | undefined;
  /** The account in whose turn the join runs, as text. */
  account: string;
  /** The place in the queue; `undefined` if the join does not wait. */
  turn: number | undefined;
}

/** A file. Its object stays the same if the file is replaced. */
export interface DataFile {
  bytes: Uint8Array;
  /** The joins of which the file is the dataset, by their query file. */
  readonly joins: Map<DataFile, Join>;
}

/** The waiting joins, in the order in which they run. */
export class JoinQueue {
  readonly #waiting: Join[] = [];
  /** For each account with a waiting join: the turn of its next join. */
  readonly #ends = new Map<string, number>();
  /** The turn of the join that ran last. */
  #now = 0;

  /** The join that runs next. */
  get first(): Join | undefined {
    return this.#waiting[0];
  }

  /**
   * Adds a join that an account ordered, at a cost in bytes. A join that waits already is moved to this
   * account's turn if that turn is earlier.
   */
  add(join: Join, account: string, cost: number): void {
    const turn = Math.max(this.#now, this.#ends.get(account) ?? 0);
    if (join.turn !== undefined && join.turn <= turn) return;
    if (join.turn !== undefined) this.#waiting.splice(this.#waiting.indexOf(join), 1);
    this.#ends.set(account, turn + cost);
    join.account = account;
    join.turn = turn;
    this.#waiting.splice(this.#placeAfter(turn), 0, join);
  }

  /** Removes the first join, which is about to run. */
  take(): void {
    const join = this.#waiting.shift();
    if (join?.turn === undefined) return;
    this.#now = join.turn;
    join.turn = undefined;
    if (this.#waiting.length === 0) this.#ends.clear();
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#ends.clear();
  }

  /** The place after all joins with this turn or an earlier one. */
  #placeAfter(turn: number): number {
    let [low, high] = [0, this.#waiting.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#waiting[middle]?.turn ?? 0) <= turn) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
