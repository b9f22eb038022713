/** Remembers how much each network used in about the last minute, in memory of fixed size. */
import { hash, randomBytes } from "node:crypto";

/** A use fades to 37 % (1/e) in this time. */
const fadeMs = 60_000;
/** Counters are scaled down before the scale grows beyond e^100. */
const rescaleMs = 100 * fadeMs;
const rows = 4;
const columns = 16_384;

/** One network whose use is counted. */
export interface Principal {
  readonly network: string;
  /** The positions of its counters, one in each row. */
  readonly counters: readonly number[];
}

/** Where the ledger gets the time from, and the secret by which networks are assigned to counters. */
export interface RecentUseOptions {
  /** A monotonic clock in milliseconds. Default: the process's own. */
  readonly now?: () => number;
  /** Text that no caller knows. Default: random. */
  readonly secret?: string;
}

/**
 * Counts the use of networks, in milliseconds, in a count-min sketch with decay: each network adds its use to
 * four counters, which it shares with other networks, and the smallest of the four is its use. That is never
 * less than the network really used, so a caller with any number of networks can make none of them appear
 * unused. It is more only for a network whose four counters are all shared with networks that used much. The
 * counters are chosen by a secret, so a caller cannot choose networks that share another network's counters.
 */
export class RecentUse {
  readonly #now: () => number;
  readonly #secret: string;
  /** Uses, each multiplied by the scale at its time. So all counters fade at once as the scale grows. */
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

  /** The time by the ledger's clock, in milliseconds. */
  now(): number {
    return this.#now();
  }

  /** Adds a use in milliseconds. To take an estimate back, give its negative value and its time. */
  add({ counters }: Principal, ms: number, atMs: number = this.#now()): void {
    const scaled = ms * this.#scale(atMs);
    for (const at of counters) this.#counters[at] = Math.max(0, this.#read(at) + scaled);
  }

  /** The use of a network in about the last minute, in milliseconds. */
  of({ counters }: Principal): number {
    const scale = this.#scale(this.#now()); // may change the counters
    return Math.min(...counters.map((at) => this.#read(at))) / scale;
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
