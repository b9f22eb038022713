/** Remembers what the calls of each network cost in about the last minute, in memory of fixed size. */
import { hash, randomBytes } from "node:crypto";

/** A use fades to 37 % (1/e) in this time. */
const fadeMs = 60_000;
/** The scale of the counters starts again at 1 after this time, so it never exceeds e^100. */
const rescaleMs = 100 * fadeMs;
const rows = 4;
const columns = 16_384;

/** One network whose use is counted. */
export interface Principal {
  readonly network: string;
  /** The positions of its counters, one in each row. */
  readonly counters: readonly number[];
}

/** The clock, and the secret by which networks are assigned to counters. */
export interface RecentUseOptions {
  /** A monotonic clock in milliseconds. Default: the process's own. */
  readonly now?: () => number;
  /** Text that no caller knows. Default: random. */
  readonly secret?: string;
}

/**
 * Counts the use of networks: what their calls cost, in milliseconds. It is a count-min sketch with decay:
 * the use of a network is added to four counters, which other networks share, and the smallest of the four
 * counts as the network's use. This is never less than the true use, so a caller with many networks cannot
 * make any of them appear unused. It is more only if networks with much use share all four counters. A secret
 * selects the counters, so a caller cannot choose networks that share the counters of a victim.
 */
export class RecentUse {
  readonly #now: () => number;
  readonly #secret: string;
  /**
   * Sums of uses, each multiplied by the scale at the time of the use. The scale grows with time. A sum
   * divided by the present scale is the faded use, so no counter has to be changed to fade.
   */
  readonly #counters = new Float64Array(rows * columns);
  #startMs: number;

  constructor({
    now = () => performance.now(),
    secret = randomBytes(16).toString("hex"),
  }: RecentUseOptions = {}) {
    this.#now = now;
    this.#secret = secret;
    this.#startMs = now();
  }

  /** Finds the counters of a network. */
  principal(network: string): Principal {
    const digest = hash("sha256", `${this.#secret} ${network}`, "buffer");
    const counters = Array.from(
      { length: rows },
      (_, row) => row * columns + (digest.readUInt32LE(4 * row) % columns),
    );
    return { network, counters };
  }

  /** The time by the clock of this object, in milliseconds. */
  now(): number {
    return this.#now();
  }

  /** Adds `ms` to a network's use. */
  add({ counters }: Principal, ms: number): void {
    const scaled = ms * this.#scale(this.#now());
    for (const at of counters) this.#counters[at] = this.#read(at) + scaled;
  }

  /** The use of a network in about the last minute, in milliseconds. */
  of({ counters }: Principal): number {
    const scale = this.#scale(this.#now()); // may change the counters
    let least = Number.POSITIVE_INFINITY;
    for (const at of counters) least = Math.min(least, this.#read(at));
    return least / scale;
  }

  #read(at: number): number {
    return this.#counters[at] ?? 0;
  }

  #scale(atMs: number): number {
    if (atMs - this.#startMs > rescaleMs) {
      const factor = Math.exp((this.#startMs - atMs) / fadeMs);
      for (const [at, scaled] of this.#counters.entries()) this.#counters[at] = scaled * factor;
      this.#startMs = atMs;
    }
    return Math.exp((atMs - this.#startMs) / fadeMs);
  }
}
