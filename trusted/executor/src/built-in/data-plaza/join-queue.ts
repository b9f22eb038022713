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
   * A heap: no place comes before its parent. The parent of the place at index `i` is at `(i - 1) >> 1`. Some
   * places are given up.
   */
  #places: Place[] = [];
  /** The number of joins that wait. */
  #waiting = 0;
  #given = 0;
  /** For each account with a waiting join: the turn of its next join. */
  readonly #ends = new Map<string, number>();
  /** The turn of the join that ran last. */
  #now = 0;

  /** The join that runs next. */
  get first(): Join | undefined {
    while (this.#places[0]?.join.place !== this.#places[0]) this.#dropFirst();
    return this.#places[0]?.join;
  }

  /**
   * Adds a join that an account ordered, at a cost in bytes. A join that waits already is moved to this
   * account's turn if that turn is earlier.
   */
  add(join: Join, account: string, cost: number): void {
    const turn = Math.max(this.#now, this.#ends.get(account) ?? 0);
    if (join.place !== undefined && join.place.turn <= turn) return;
    if (join.place === undefined) this.#waiting++;
    this.#ends.set(account, turn + cost);
    join.account = account;
    join.place = { turn, given: this.#given++, join };
    if (this.#places.length > 2 * this.#waiting + 64) this.#dropGivenUp();
    this.#push(join.place);
  }

  /** Removes the first join, which is about to run. */
  take(): void {
    const { first } = this;
    if (first?.place === undefined) return;
    this.#now = first.place.turn;
    first.place = undefined;
    this.#dropFirst();
    if (--this.#waiting === 0) this.#ends.clear();
  }

  clear(): void {
    this.#places = [];
    this.#waiting = 0;
    this.#ends.clear();
  }

  /** Removes the places that their joins have given up. */
  #dropGivenUp(): void {
    const kept = this.#places.filter((place) => place.join.place === place);
    this.#places = [];
    for (const place of kept) this.#push(place);
  }

  #push(place: Place): void {
    const places = this.#places;
    let at = places.length;
    for (let up = (at - 1) >> 1; at > 0 && isBefore(place, places[up]); up = (at - 1) >> 1) {
      places[at] = places[up] as Place;
      at = up;
    }
    places[at] = place;
  }

  #dropFirst(): void {
    const places = this.#places;
    const last = places.pop();
    if (last === undefined || places.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const down = isBefore(places[left + 1], places[left]) ? left + 1 : left;
      if (!isBefore(places[down], last)) break;
      places[at] = places[down] as Place;
      at = down;
    }
    places[at] = last;
  }
}

/** Whether `a` comes before `b`. A place that does not exist comes last. */
function isBefore(a: Place | undefined, b: Place | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  return a.turn < b.turn || (a.turn === b.turn && a.given < b.given);
}
