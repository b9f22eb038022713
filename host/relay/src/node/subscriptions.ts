/**
 * The subscriptions of one connection. A node may send a subscription's first messages before the relay has
 * read the subscription's id. For each of at most 16 such subscriptions, the latest 16 messages are kept
 * until `listen` is called.
 */
export class Subscriptions {
  readonly #listeners = new Map<string, (result: unknown) => void>();
  readonly #unclaimed = new Map<string, readonly unknown[]>();

  listen(id: string, onMessage: (result: unknown) => void): void {
    this.#listeners.set(id, onMessage);
    for (const result of this.#unclaimed.get(id) ?? []) onMessage(result);
    this.#unclaimed.delete(id);
  }

  deliver(id: string, result: unknown): void {
    const listener = this.#listeners.get(id);
    if (listener !== undefined) listener(result);
    else if (this.#unclaimed.size < 16)
      this.#unclaimed.set(id, [...(this.#unclaimed.get(id) ?? []).slice(-15), result]);
  }
}
