/** The maximum number of waiting items, in total and for one key. */
export interface QueueLimits {
  readonly total: number;
  readonly perKey: number;
}

/**
 * A bounded queue that serves its keys in turn, so that a caller with many calls does not delay other
 * callers.
 */
export class FairQueue<T> {
  readonly #limits: QueueLimits;
  /** The items by key. The map's order is the order in which keys are served. */
  readonly #waiting = new Map<string, T[]>();
  #size = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds an item. Returns false if too many items are waiting, in total or for this key. */
  push(key: string, item: T): boolean {
    const items = this.#waiting.get(key) ?? [];
    if (this.#size >= this.#limits.total || items.length >= this.#limits.perKey) return false;
    items.push(item);
    this.#waiting.set(key, items);
    this.#size++;
    return true;
  }

  shift(): T | undefined {
    for (const [key, items] of this.#waiting) {
      const item = items.shift();
      this.#waiting.delete(key);
      if (items.length > 0) this.#waiting.set(key, items);
      if (item !== undefined) this.#size--;
      return item;
    }
    return undefined;
  }

  /** Removes one item; `false` if it is no longer waiting. */
  remove(key: string, item: T): boolean {
    const items = this.#waiting.get(key);
    const at = items?.indexOf(item) ?? -1;
    if (items === undefined || at < 0) return false;
    items.splice(at, 1);
    if (items.length === 0) this.#waiting.delete(key);
    this.#size--;
    return true;
  }
}
