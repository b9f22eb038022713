/** Shares the enclave's time among the lanes of calls. */

/** The lanes: one for the operator, mainly for the relay, one for the public, and one for evidence. */
export const lanes = ["operator", "public", "evidence"] as const;

/** A lane of calls. Calls for evidence have their own, because hardware may take a second for one quote. */
export type Lane = (typeof lanes)[number];

/**
 * Gives lanes with waiting calls equal shares of the enclave's time. Every lane has a clock that advances by
 * the milliseconds that its calls take, and the lane with the earliest clock is served next.
 */
export class Turns {
  readonly #clockMs = new Map<Lane, number>();
  readonly #lastMs = new Map<Lane, number>();
  /** The lanes, beginning with the one that was served least recently. */
  #order: readonly Lane[] = lanes;

  /**
   * Called when a lane that had no waiting calls receives one, while calls wait in the `others`. The lane's
   * clock advances to the earliest of theirs: it saves no time by being idle. If no lane is waiting, all
   * clocks become equal, so a lane that was served alone owes nothing.
   */
  arrived(lane: Lane, others: readonly Lane[]): void {
    if (others.length > 0) {
      const earliest = Math.min(...others.map((other) => this.#clock(other)));
      this.#clockMs.set(lane, Math.max(this.#clock(lane), earliest));
      return;
    }
    const latest = Math.max(...lanes.map((any) => this.#clock(any)));
    for (const any of lanes) this.#clockMs.set(any, latest);
  }

  /** The order in which the lanes should be asked for the next call. */
  order(): readonly Lane[] {
    return [...this.#order].sort((a, b) => this.#clock(a) - this.#clock(b));
  }

  /** Charges a lane for a call that begins, as much as its last call took, and returns the charge. */
  began(lane: Lane): number {
    const charge = this.#lastMs.get(lane) ?? 1;
    this.#order = [...this.#order.filter((other) => other !== lane), lane];
    this.#clockMs.set(lane, this.#clock(lane) + charge);
    return charge;
  }

  /** Corrects the charge for a call that ended. Every call costs at least one millisecond. */
  ended(lane: Lane, charge: number, ms: number): void {
    const cost = Math.max(1, ms);
    this.#clockMs.set(lane, this.#clock(lane) + cost - charge);
    this.#lastMs.set(lane, cost);
  }

  #clock(lane: Lane): number {
    return this.#clockMs.get(lane) ?? 0;
  }
}
