/**
 * A small random number generator (sfc32) that returns the same numbers for the same seed. Do not use it for
 * secrets.
 */
export class Prng {
  #a: number;
  #b: number;
  #c = 0x9e37_79b9;
  #count = 1;

  constructor(seed: number, name: string) {
    this.#a = seed >>> 0;
    this.#b = [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
    for (let i = 0; i < 12; i++) this.#next();
  }

  /** Returns a whole number that is at least 0 and less than `limit`. */
  below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit);
  }

  /** @param items at least one */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#count++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}
