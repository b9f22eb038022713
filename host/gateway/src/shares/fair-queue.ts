/** A queue that serves callers in turns of equal cost, and gives up calls of the caller with the most use. */
import { costMs } from "./cost.ts";
import type { Principal, RecentUse } from "./recent-use.ts";

/**
 * The networks whose next turn is remembered.
 * @limit networks
 * @source chosen: bounded memory
 * @past all turns are forgotten, so that every network begins a new turn
 */
const mostTurns = 16_384;

/** How much may wait in a queue. */
export interface QueueLimits {
  readonly calls: number;
  /** The bytes of the waiting calls' bodies. */
  readonly bytes: number;
}

/** A call that waits in a queue. */
export interface Waiting {
  /** The networks of its caller, the widest first; empty for the operator. */
  readonly principals: readonly Principal[];
  readonly body: Uint8Array;
}

/**
 * A bounded queue. Each network has a turn, which moves back by the cost of its calls, and the queue's clock
 * shows the turn that it serves. A network that did not call for some time gets its turn at once, but saves
 * up no turns. The queue serves the caller whose widest network is first in turn. Among callers with the same
 * turn, it serves the one whose narrower network is first in turn, and then the one with the least use: the
 * cost of its network's calls in the last minute. The calls of one caller are served in order. When the queue
 * is over its limits, it gives up the newest call of the caller with the most use.
 */
export class FairQueue<T extends Waiting> {
  readonly #limits: QueueLimits;
  readonly #use: RecentUse;
  readonly #giveUp: (item: T) => void;
  /** The calls of each narrowest network, in the order in which the networks began to wait. */
  readonly #callers = new Map<string, [T, ...T[]]>();
  /** The least that the waiting calls of each network will cost, in milliseconds. */
  readonly #booked = new Map<string, number>();
  /** The turns of networks, by the clock, in milliseconds. */
  readonly #turns = new Map<string, number>();
  /** The latest turn that was served: of a widest network, and of a narrower one. */
  readonly #clock: [number, number] = [0, 0];
  #size = 0;
  #bytes = 0;

  /** `giveUp` is called with each call that is removed because the queue is full. */
  constructor(limits: QueueLimits, use: RecentUse, giveUp: (item: T) => void) {
    this.#limits = limits;
    this.#use = use;
    this.#giveUp = giveUp;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a call, and gives up calls, possibly this one, while the queue is over its limits. */
  push(item: T): void {
    const calls = this.#callers.get(callerOf(item));
    if (calls === undefined) this.#callers.set(callerOf(item), [item]);
    else calls.push(item);
    this.#count(item, 1);
    while (this.#size > this.#limits.calls || this.#bytes > this.#limits.bytes) this.#giveUpNewest();
  }

  /** Takes the next call; `undefined` if none waits. */
  shift(): T | undefined {
    let next: T | undefined;
    let [first, least]: [readonly number[], readonly number[]] = [[], []];
    for (const [item] of this.#callers.values()) {
      const turns = item.principals.map(({ network }, level) => this.#turnOf(network, level));
      const order = next === undefined ? -1 : compare(turns, first);
      if (order > 0) continue;
      const uses = this.#usesOf(item);
      if (order === 0 && compare(uses, least) >= 0) continue;
      [next, first, least] = [item, turns, uses];
    }
    if (next === undefined) return undefined;
    this.remove(next);
    for (const [level, turn] of first.entries()) this.#clock[level === 0 ? 0 : 1] = turn;
    return next;
  }

  /**
   * Moves the turns of a served call's networks back by its cost in milliseconds. A negative cost corrects an
   * estimate. When too many turns are remembered, all are forgotten, and each network gains one call at most.
   */
  charge({ principals }: Waiting, ms: number): void {
    if (this.#turns.size >= mostTurns) this.#turns.clear();
    for (const [level, { network }] of principals.entries())
      this.#turns.set(network, this.#turnOf(network, level) + ms);
  }

  /** Removes one call; `false` if it is no longer waiting. */
  remove(item: T): boolean {
    const calls = this.#callers.get(callerOf(item));
    const at = calls?.indexOf(item) ?? -1;
    if (calls === undefined || at < 0) return false;
    calls.splice(at, 1);
    if (calls.length === 0) this.#callers.delete(callerOf(item));
    this.#count(item, -1);
    return true;
  }

  /**
   * Gives up the newest call of the caller with the most use. Waiting calls count as use, so that a caller
   * cannot fill the queue before it is charged for a call.
   */
  #giveUpNewest(): void {
    let newest: T | undefined;
    let most: readonly number[] = [];
    for (const calls of this.#callers.values()) {
      const item = calls[calls.length - 1] ?? calls[0];
      const uses = item.principals.map(
        (principal) => this.#use.of(principal) + (this.#booked.get(principal.network) ?? 0),
      );
      if (newest !== undefined && compare(uses, most) < 0) continue;
      newest = item;
      most = uses;
    }
    if (newest === undefined) return;
    this.remove(newest);
    this.#giveUp(newest);
  }

  #turnOf(network: string, level: number): number {
    return Math.max(this.#turns.get(network) ?? 0, this.#clock[level === 0 ? 0 : 1]);
  }

  #usesOf({ principals }: T): readonly number[] {
    return principals.map((principal) => this.#use.of(principal));
  }

  #count({ principals, body }: T, calls: 1 | -1): void {
    this.#size += calls;
    this.#bytes += calls * body.length;
    for (const { network } of principals) {
      const booked = (this.#booked.get(network) ?? 0) + calls * costMs(0, body.length);
      if (booked > 0) this.#booked.set(network, booked);
      else this.#booked.delete(network);
    }
  }
}

function callerOf({ principals }: Waiting): string {
  return principals.at(-1)?.network ?? "";
}

/** Compares uses by the widest network, and by narrower ones only where wider ones used the same. */
function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((use, level) => use !== (b[level] ?? use));
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
