/**
 * Remembers the nonces of v2 queries until they expire, so that a recorded query is answered once. Memory is bounded, and one asker cannot use it up for
 * all: each account has a share, and so have all anonymous askers together.
 */
import { toHex } from "@pruntime/core/bytes";
import { AskError } from "./error.ts";

/** How many blocks ahead a query may expire. */
export const maxExpiry = 600;

/** Unexpired queries remembered for one asker, and for all. */
export const replayLimits = { perAsker: 4_096, all: 262_144 } as const;

export class ReplayGuard {
  /** By expiry, so that forgetting costs what is forgotten. */
  readonly #byExpiry = new Map<number, Map<string, string>>();
  readonly #perAsker = new Map<string, number>();
  #size = 0;

  /**
   * Takes note of a query that is about to be answered.
   * @throws {@link AskError} `ask/expired`, `ask/expiry-too-far`, `ask/replayed`, `ask/too-many`; nothing is noted then
   */
  admit(dispatched: number, asker: Uint8Array | undefined, nonce: Uint8Array, expiresAt: number): void {
    if (expiresAt < dispatched) throw new AskError({ code: "ask/expired", expiresAt, dispatched });
    const limit = dispatched + maxExpiry;
    if (expiresAt > limit) throw new AskError({ code: "ask/expiry-too-far", expiresAt, limit });
    this.#forget(dispatched);
    const name = asker === undefined ? "anonymous" : toHex(asker);
    const entry = `${name} ${toHex(nonce)}`;
    if (this.#byExpiry.get(expiresAt)?.has(entry) === true) throw new AskError({ code: "ask/replayed" });
    this.#count(name);
    const entries = this.#byExpiry.get(expiresAt) ?? new Map<string, string>();
    this.#byExpiry.set(expiresAt, entries.set(entry, name));
  }

  /** The expiry is part of what is signed or sealed, so a query cannot come back under another one. */
  #count(name: string): void {
    const own = this.#perAsker.get(name) ?? 0;
    if (own >= replayLimits.perAsker) throw new AskError({ code: "ask/too-many", limit: replayLimits.perAsker });
    if (this.#size >= replayLimits.all) throw new AskError({ code: "ask/too-many", limit: replayLimits.all });
    this.#perAsker.set(name, own + 1);
    this.#size++;
  }

  #forget(dispatched: number): void {
    for (const [expiresAt, entries] of this.#byExpiry) {
      if (expiresAt >= dispatched) continue;
      for (const name of entries.values()) {
        const left = (this.#perAsker.get(name) ?? 1) - 1;
        if (left === 0) this.#perAsker.delete(name);
        else this.#perAsker.set(name, left);
      }
      this.#size -= entries.size;
      this.#byExpiry.delete(expiresAt);
    }
  }
}
