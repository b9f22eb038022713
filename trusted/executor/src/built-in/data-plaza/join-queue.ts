/**
 * The joins that wait. The accounts that ordered them take turns of equal cost (start-time fair queueing): a
 * join's turn is the end of its account's previous join, or the present turn if the account has none waiting.
 * So an account that orders many joins delays its own joins, and another account's join waits for at most one
 * join of each account.
 */

import type { FileSeal } from "./file-seal.ts";

/** A join of two files. At least one order asks for it. */
export interface Join {
  readonly dataset: DataFile;
  readonly query: DataFile;
  /** The number of matching rows; `undefined` until they have been counted. */
  rows: number | undefined;
  /** The account in whose turn the join runs, as text. */
  account: string;
  /** The place in the queue; `undefined` if the join does not wait. */
  place: Place | undefined;
}

/** A place in the queue. Of two places with the same turn, the one that was given first comes first. */
interface Place {
  readonly turn: number;
  readonly given: number;
  readonly join: Join;
  /** The place's index in the heap. */
  index: number;
}

/** A file. Its object stays the same if the file is replaced. */
export interface DataFile {
  bytes: Uint8Array;
  /** `undefined` for a file in clear. */
  seal: FileSeal | undefined;
  /** The joins of which the file is the dataset, by their query file. */
  readonly joins: Map<DataFile, Join>;
}

/** The waiting joins, in the order in which they run. */
export class JoinQueue {
  /**
   * A heap: no place comes before its parent. The first place has the index 1. The parent of the place at
   * index `i` is at `i >> 1`.
   */
  readonly #places: (Place | undefined)[] = [undefined];
  #given = 0;
  /** For each account with a waiting join: the turn of its next join. */
  readonly #ends = new Map<string, number>();
  /** The turn of the join that ran last. */
  #now = 0;

  /** The join that runs next. */
  get first(): Join | undefined {
    return this.#places[1]?.join;
  }

  /**
   * Adds a join that an account ordered, at a cost in bytes. A join that waits already is moved to this
   * account's turn if that turn is earlier.
   */
  add(join: Join, account: string, cost: number): void {
    const turn = Math.max(this.#now, this.#ends.get(account) ?? 0);
    if (join.place !== undefined && join.place.turn <= turn) return;
    this.#ends.set(account, turn + cost);
    join.account = account;
    const index = join.place?.index ?? this.#places.length;
    join.place = { turn, given: this.#given++, join, index };
    this.#moveUp(join.place);
  }

  /** Removes the first join, which is about to run. */
  take(): void {
    const first = this.#places[1];
    if (first === undefined) return;
    this.#now = first.turn;
    first.join.place = undefined;
    const last = this.#places.pop();
    if (last !== undefined && last !== first) this.#moveDown(last);
    if (this.#places.length === 1) this.#ends.clear();
  }

  clear(): void {
    this.#places.length = 1;
    this.#ends.clear();
  }

  /** Puts a place where it belongs, at its index or above it. */
  #moveUp(place: Place): void {
    let at = place.index;
    for (; isBefore(place, this.#places[at >> 1]); at >>= 1) this.#put(this.#places[at >> 1], at);
    this.#put(place, at);
  }

  /** Puts a place where it belongs, as if the first place were free. */
  #moveDown(place: Place): void {
    let at = 1;
    for (;;) {
      const left = 2 * at;
      const down = isBefore(this.#places[left + 1], this.#places[left]) ? left + 1 : left;
      if (!isBefore(this.#places[down], place)) break;
      this.#put(this.#places[down], at);
      at = down;
    }
    this.#put(place, at);
  }

  #put(place: Place | undefined, index: number): void {
    if (place === undefined) return;
    place.index = index;
    this.#places[index] = place;
  }
}

/** Whether both places exist, and `a` comes before `b`. */
function isBefore(a: Place | undefined, b: Place | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.turn < b.turn || (a.turn === b.turn && a.given < b.given);
}
