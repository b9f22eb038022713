/** Counts what networks hold at the same time, such as connections. */
export class Holdings {
  readonly #most: number;
  readonly #held = new Map<string, number>();

  /** `most` is what one network may hold. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How much a network holds. */
  of(network: string): number {
    return this.#held.get(network) ?? 0;
  }

  /** Adds one to each of the networks; `false`, and adds nothing, if one of them already holds the most. */
  take(networks: readonly string[]): boolean {
    if (networks.some((network) => this.of(network) >= this.#most)) return false;
    for (const network of networks) this.#held.set(network, this.of(network) + 1);
    return true;
  }

  /** Takes one from each of the networks. */
  release(networks: readonly string[]): void {
    for (const network of networks) {
      const left = this.of(network) - 1;
      if (left > 0) this.#held.set(network, left);
      else this.#held.delete(network);
    }
  }
}
