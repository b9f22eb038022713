/** Shares the enclave's time among the lanes of calls. */

/** The lanes. The operator's calls come mainly from the relay. */
export const lanes = ["operator", "public", "evidence"] as const;

/**
 * A lane of calls. Calls for evidence have a separate lane, because hardware may take a second for one quote.
 */
export type Lane = (typeof lanes)[number];

/**
 * Gives lanes with waiting calls equal shares of the enclave's time. Every lane has a clock that advances by
 * the milliseconds that its calls take, and the lane with the earliest clock is served next.
 */
export class Turns {
  readonly #clockMs = new Map<Lane, number>();
  readonly #lastMs = new Map<Lane, number>();
  /** The lanes. The least recently served lane comes first. */
  #order: readonly Lane[] = lanes;

  /**
   * Called when a lane that had no waiting calls receives a call. `others` are the other lanes with waiting
   * calls. If there are other lanes, this lane's clock advances at least to the earliest of their clocks, so
   * no lane saves up time while it is idle. If `others` is empty, all clocks become equal, so the time that a
   * lane used alone does not count against it.
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

  /** The order in which the dispatcher looks for the next call in the lanes. */
  order(): readonly Lane[] {
    return [...this.#order].sort((a, b) => this.#clock(a) - this.#clock(b));
  }

  /**
   * Charges a lane in advance for a call that begins, and returns the charge. The charge is the time of the
   * lane's last call, or one millisecond for the lane's first call.
   */
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
