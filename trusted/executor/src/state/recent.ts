/**
 * Values by text, of which those that were used last are kept. There are two generations. A value that is put
 * or read belongs to the young one. When the young generation is full, it becomes the old one, and the values
 * that were in the old one are dropped. So a read is one look-up, and no list has to be kept in order.
 */
export class Recent<V> {
  readonly #bytesPerGeneration: number;
  #young = new Map<string, Held<V>>();
  #old = new Map<string, Held<V>>();
  #bytes = 0;

  /** @param bytes the most that all values may need, as the callers of {@link put} count it */
  constructor(bytes: number) {
    this.#bytesPerGeneration = bytes / 2;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young.value;
    const old = this.#old.get(key);
    if (old !== undefined) this.#hold(key, old);
    return old?.value;
  }

  put(key: string, value: V, bytes: number): void {
    this.#hold(key, { value, bytes });
  }

  #hold(key: string, held: Held<V>): void {
    this.#bytes += held.bytes - (this.#young.get(key)?.bytes ?? 0);
    if (this.#bytes > this.#bytesPerGeneration) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#bytes = held.bytes;
    }
    this.#young.set(key, held);
  }
}

interface Held<V> {
  readonly value: V;
  readonly bytes: number;
}
