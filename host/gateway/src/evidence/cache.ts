/**
 * Caches fetched values until they expire, and failures for a short time. Concurrent callers with the same
 * key share a single request.
 */

/** A value and its expiry. */
export interface Dated<T> {
  readonly value: T;
  /** When the value expires, in Unix milliseconds. */
  readonly untilMs: number;
}

/** How many values a cache holds, and for how long. */
export interface CacheLimits {
  /** The maximum number of keys. If there are more, the least recently used key is evicted. */
  readonly maxKeys: number;
  /** The maximum time that a value is cached, even if it expires later. */
  readonly maxAgeMs: number;
  /** How long a failure is cached. */
  readonly failureMs: number;
}

/** Values and failures by key. Each is kept until it expires or is evicted. */
export class DatedCache<T> {
  readonly #limits: CacheLimits;
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly value: Promise<Dated<T>>; untilMs: number }>();

  /** `now` returns the current time in Unix milliseconds. */
  constructor(limits: CacheLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** The cached value of `key`, or the result of `load`. @throws what `load` throws */
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
