/** A queue that serves the caller whose calls cost least in the last minute. */
import { costMs } from "./cost.ts";
import type { Principal, RecentUse } from "./recent-use.ts";

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
 * A bounded queue. A network's use is the cost of its callers' calls in the last minute. The queue serves the
 * caller whose widest network has the least use. Among callers with the same widest network, it serves the
 * caller whose narrower network has the least use. The calls of one caller are served in order. When the
 * queue is over its limits, it gives up the newest call of the caller with the most use.
 */
export class FairQueue<T extends Waiting> {
  readonly #limits: QueueLimits;
  readonly #use: RecentUse;
  readonly #giveUp: (item: T) => void;
  /** The calls of each narrowest network, in the order in which the networks began to wait. */
  readonly #callers = new Map<string, [T, ...T[]]>();
  /** The least that the waiting calls of each network will cost, in milliseconds. */
  readonly #booked = new Map<string, number>();
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
    let least: readonly number[] = [];
    for (const [item] of this.#callers.values()) {
      const uses = item.principals.map((principal) => this.#use.of(principal));
      if (next !== undefined && compare(uses, least) >= 0) continue;
      next = item;
      least = uses;
    }
    if (next !== undefined) this.remove(next);
    return next;
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
