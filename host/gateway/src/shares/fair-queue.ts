/** A queue that serves callers in turns of equal cost, and gives up calls of the caller with the most use. */
import { costMs } from "./cost.ts";
import type { Principal, RecentUse } from "./recent-use.ts";

/**
 * The networks whose next turn is remembered.
 * @limit networks
 * @source chosen: bounded memory
 * @past the turns of networks that have no waiting call are forgotten, so that these begin a new turn
 */
const mostTurns = 16_384;

/**
 * What a caller is charged for each millisecond in which calls of it wait, in milliseconds. A caller that
 * always has a waiting call asks for more than it gets. So it comes after a caller that seldom waits and uses
 * less than 1 % of the time, however many callers always wait.
 */
const waitingShare = 0.01;

/** How much may wait in a queue. */
export interface QueueLimits {
  readonly calls: number;
  /** The bytes of the waiting calls' bodies. */
  readonly bytes: number;
}

/** A call that waits in a queue. */
export interface Waiting {
  /** The networks of its caller, the widest first. Empty for the operator, who is served before others. */
  readonly principals: readonly Principal[];
  readonly body: { readonly length: number };
}

/** The next turn of a network, by the queue's clock, in milliseconds. */
interface Turn {
  ms: number;
}

/** A caller with at least one call that waits. */
interface Caller<T> {
  readonly principals: readonly Principal[];
  /** The turns of its networks, in the order of `principals`. */
  readonly turns: readonly Turn[];
  readonly calls: T[];
  /** When it began to wait, or was last charged for waiting, by the clock of {@link RecentUse}. */
  sinceMs: number;
}

/**
 * A bounded queue. Each network has a turn, which moves back by the cost of its calls and of their waiting,
 * and the queue's clock shows the turn that it serves. A network that did not call for some time gets its
 * turn at once, but saves up no turns. The queue serves the caller whose widest network is first in turn.
 * Among callers with the same turn, it serves the one whose narrower network is first in turn, and then the
 * one with the least use in the last minute. The calls of one caller are served in order. When the queue is
 * over its limits, it gives up the newest call of the caller with the most use.
 */
export class FairQueue<T extends Waiting> {
  readonly #limits: QueueLimits;
  readonly #use: RecentUse;
  readonly #giveUp: (item: T) => void;
  /** The callers by their narrowest network, in the order in which they began to wait. */
  readonly #callers = new Map<string, Caller<T>>();
  /** The least that the waiting calls of each network will cost, in milliseconds. */
  readonly #booked = new Map<string, number>();
  readonly #turns = new Map<string, Turn>();
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

  /** The number of networks, other than the call's own, whose calls wait. Only the widest ones count. */
  networksBeside({ principals: [own] }: Waiting): number {
    const networks = new Set<string>();
    for (const { principals } of this.#callers.values()) {
      const [widest] = principals;
      if (widest !== undefined && widest.network !== own?.network) networks.add(widest.network);
    }
    return networks.size;
  }

  /** Adds a call, and gives up calls, possibly this one, while the queue is over its limits. */
  push(item: T): void {
    if (this.#size === 0) this.#turns.clear(); // no call waits, so no network is behind another
    const { principals } = item;
    const name = callerOf(item);
    const caller = this.#callers.get(name);
    if (caller !== undefined) caller.calls.push(item);
    else
      this.#callers.set(name, {
        principals,
        turns: this.#turnsOf(principals),
        calls: [item],
        sinceMs: this.#use.now(),
      });
    this.#count(item, 1);
    while (this.#size > this.#limits.calls || this.#bytes > this.#limits.bytes) this.#giveUpNewest();
  }

  /** Removes and returns the next call; `undefined` if none waits. */
  shift(): T | undefined {
    let next: Caller<T> | undefined;
    for (const caller of this.#callers.values())
      if (next === undefined || this.#isBefore(caller, next)) next = caller;
    const item = next?.calls[0];
    if (next === undefined || item === undefined) return undefined;
    for (let level = 0; level < next.turns.length; level++)
      this.#clock[level === 0 ? 0 : 1] = this.#turnMs(next, level);
    this.remove(item);
    return item;
  }

  /** Adds a cost in milliseconds to the use of a call's networks, and moves their turns back by it. */
  charge({ principals }: Waiting, ms: number): void {
    for (const [level, turn] of this.#turnsOf(principals).entries())
      turn.ms = Math.max(turn.ms, this.#clock[level === 0 ? 0 : 1]) + ms;
    for (const principal of principals) this.#use.add(principal, ms);
  }

  /**
   * Removes one call, and charges its caller for the time that it waited, whether or not the call is served:
   * a caller must not escape this charge by withdrawing its calls and sending them again. Returns `false` if
   * the call is no longer waiting.
   */
  remove(item: T): boolean {
    const caller = this.#callers.get(callerOf(item));
    const at = caller?.calls.indexOf(item) ?? -1;
    if (caller === undefined || at < 0) return false;
    caller.calls.splice(at, 1);
    if (caller.calls.length === 0) this.#callers.delete(callerOf(item));
    this.#count(item, -1);
    const nowMs = this.#use.now();
    this.charge(item, (nowMs - caller.sinceMs) * waitingShare);
    caller.sinceMs = nowMs;
    return true;
  }

  #isBefore(a: Caller<T>, b: Caller<T>): boolean {
    const levels = Math.min(a.turns.length, b.turns.length);
    if (levels === 0) return a.turns.length < b.turns.length;
    for (let level = 0; level < levels; level++) {
      const ahead = this.#turnMs(b, level) - this.#turnMs(a, level);
      if (ahead !== 0) return ahead > 0;
    }
    return this.#compareUse(a, b) < 0;
  }

  /**
   * Gives up the newest call of the caller with the most use. Waiting calls count as use, so that a caller
   * cannot fill the queue before it is charged for a call.
   */
  #giveUpNewest(): void {
    let most: Caller<T> | undefined;
    for (const caller of this.#callers.values())
      if (most === undefined || this.#compareUse(caller, most, this.#booked) >= 0) most = caller;
    const newest = most?.calls.at(-1);
    if (newest === undefined) return;
    this.remove(newest);
    this.#giveUp(newest);
  }

  /**
   * Compares uses by the widest network, and by narrower ones only where wider ones used the same. The
   * operator counts as the caller with the least use.
   */
  #compareUse(a: Caller<T>, b: Caller<T>, booked?: ReadonlyMap<string, number>): number {
    if (a.principals.length === 0 || b.principals.length === 0)
      return a.principals.length - b.principals.length;
    const useOf = (principal: Principal) => this.#use.of(principal) + (booked?.get(principal.network) ?? 0);
    for (let level = 0; level < Math.min(a.turns.length, b.turns.length); level++) {
      const [ofA, ofB] = [a.principals[level], b.principals[level]];
      const more = ofA === undefined || ofB === undefined ? 0 : useOf(ofA) - useOf(ofB);
      if (more !== 0) return more;
    }
    return 0;
  }

  #turnMs({ turns }: Caller<T>, level: number): number {
    return Math.max(turns[level]?.ms ?? 0, this.#clock[level === 0 ? 0 : 1]);
  }

  /**
   * The turns of networks. When too many are remembered, those of networks that do not wait are forgotten.
   */
  #turnsOf(principals: readonly Principal[]): readonly Turn[] {
    if (this.#turns.size >= mostTurns) {
      this.#turns.clear();
      for (const caller of this.#callers.values())
        for (const [level, turn] of caller.turns.entries())
          this.#turns.set(caller.principals[level]?.network ?? "", turn);
    }
    return principals.map(({ network }) => {
      const turn = this.#turns.get(network) ?? { ms: 0 };
      this.#turns.set(network, turn);
      return turn;
    });
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
