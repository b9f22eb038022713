/**
 * Keeps what was fetched until it expires, and remembers a failure for a short while. Callers that ask at the
 * same time share one request.
 */

/** A value and its expiry. */
export interface Dated<T> {
  readonly value: T;
  /** Unix milliseconds. */
  readonly untilMs: number;
}

/** How much a cache keeps, and for how long. */
export interface CacheLimits {
  /** The most keys; the one that was last asked for longest ago makes room. */
  readonly maxKeys: number;
  /** The longest that a value is kept, whatever its own date. */
  readonly maxAgeMs: number;
  /** How long a failure is remembered. */
  readonly failureMs: number;
}

/** Values by key, each until its date. */
export class DatedCache<T> {
  readonly #limits: CacheLimits;
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly value: Promise<Dated<T>>; untilMs: number }>();

  /** `now`: unix milliseconds. */
  constructor(limits: CacheLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** The value kept under `key`, or the result of `load`. @throws what `load` throws */
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
