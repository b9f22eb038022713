/**
 * Remembers what was fetched until it runs out, and for a short while that it could not be. Whoever asks
 * meanwhile waits for the one request that is under way.
 */

/** A value that is good until a time. */
export interface Dated<T> {
  readonly value: T;
  /** Unix milliseconds. */
  readonly untilMs: number;
}

export interface CacheLimits {
  /** Most keys; the one that was asked for longest ago makes room. */
  readonly maxKeys: number;
  /** However far ahead a value's own date is. */
  readonly maxAgeMs: number;
  /** How long a failure is not asked about again. */
  readonly failureMs: number;
}

export class DatedCache<T> {
  readonly #limits: CacheLimits;
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly value: Promise<Dated<T>>; untilMs: number }>();

  /** `now`: unix milliseconds. */
  constructor(limits: CacheLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** What is kept under `key`, or what `load` comes to. @throws what `load` throws */
  async get(key: string, load: () => Promise<Dated<T>>): Promise<T> {
    const kept = this.#entries.get(key);
    if (kept !== undefined && this.#now() < kept.untilMs) {
      this.#entries.delete(key);
      this.#entries.set(key, kept);
      return (await kept.value).value;
    }
    return (await this.#load(key, load)).value;
  }

  #load(key: string, load: () => Promise<Dated<T>>): Promise<Dated<T>> {
    const { maxKeys, maxAgeMs, failureMs } = this.#limits;
    const entry = { value: load(), untilMs: Number.POSITIVE_INFINITY };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxKeys) break;
      this.#entries.delete(oldest);
    }
    entry.value.then(
      ({ untilMs }) => {
        entry.untilMs = Math.min(untilMs, this.#now() + maxAgeMs);
      },
      () => {
        entry.untilMs = this.#now() + failureMs;
      },
    );
    return entry.value;
  }
}
