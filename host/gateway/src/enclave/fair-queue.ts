/** How much may wait. */
export interface QueueLimits {
  readonly total: number;
  readonly perKey: number;
}

/** A bounded queue that serves its keys in turn, so that one caller with many calls does not keep another waiting. */
export class FairQueue<T> {
  readonly #limits: QueueLimits;
  /** In the order in which the keys are served. */
  readonly #waiting = new Map<string, T[]>();
  #size = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** `false` when there is no room. */
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

  /** Takes one item out again; `false` when it is not waiting any more. */
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
