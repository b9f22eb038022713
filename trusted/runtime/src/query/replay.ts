/**
 * Remembers the nonces of v2 queries until they expire, so that a recorded query is answered only once.
 * Memory is bounded: each account may have a limited number of unexpired queries, and all anonymous askers
 * together may have as many as one account. A restart forgets the nonces. The worker may then answer a query
 * again, but still seals the reply to the original asker.
 */
import { fromHex, toHex } from "@pruntime/core/bytes";
import { QueryError } from "@pruntime/core/channel";
import type { Reader, Writer } from "@pruntime/core/scale";

/** The maximum number of blocks between the last dispatched block and a query's expiry block. */
export const maxExpiry = 600;

/** The maximum number of unexpired queries that are remembered, for one asker and for all askers together. */
export const replayLimits = { perAsker: 4_096, all: 262_144 } as const;

/** The name that all anonymous askers share. */
const anonymous = "anonymous";

/** The nonces of the queries that are answered and not expired. */
export class ReplayGuard {
  /**
   * For each expiry block, a map from entries to askers. An entry is the text of an asker and a nonce.
   * Grouping the entries by expiry block makes it cheap to forget the expired ones.
   */
  readonly #byExpiry = new Map<number, Map<string, string>>();
  readonly #perAsker = new Map<string, number>();
  #size = 0;

  /**
   * Remembers a query that is about to be answered.
   * @throws {@link QueryError} `query/expired`, `query/expiry-too-far`, `query/replayed`, `query/too-many`.
   * If it throws, it remembers nothing new
   */
  admit(dispatched: number, asker: Uint8Array | undefined, nonce: Uint8Array, expiresAt: number): void {
    if (expiresAt < dispatched) throw new QueryError({ code: "query/expired", expiresAt, dispatched });
    const limit = dispatched + maxExpiry;
    if (expiresAt > limit) throw new QueryError({ code: "query/expiry-too-far", expiresAt, limit });
    this.#forget(dispatched);
    const name = asker === undefined ? anonymous : toHex(asker);
    const entry = entryOf(name, nonce);
    if (this.#byExpiry.get(expiresAt)?.has(entry) === true) throw new QueryError({ code: "query/replayed" });
    if ((this.#perAsker.get(name) ?? 0) >= replayLimits.perAsker)
      throw new QueryError({ code: "query/too-many", limit: replayLimits.perAsker });
    if (this.#size >= replayLimits.all)
      throw new QueryError({ code: "query/too-many", limit: replayLimits.all });
    this.#note(name, entry, expiresAt);
  }

  /**
   * Also remembers all queries that `other` remembers. The limits do not apply, because these queries have
   * already been admitted.
   */
  merge(other: ReplayGuard): void {
    for (const [expiresAt, entries] of other.#byExpiry)
      for (const [entry, name] of entries)
        if (this.#byExpiry.get(expiresAt)?.has(entry) !== true) this.#note(name, entry, expiresAt);
  }

  /** Writes the unexpired queries: `Vec<(expiry u32, Option<asker(32)>, nonce(16))>`. */
  write(w: Writer, dispatched: number): void {
    const alive = [...this.#byExpiry].filter(([expiresAt]) => expiresAt >= dispatched);
    const rows = alive.flatMap(([expiresAt, entries]) =>
      [...entries].map(([entry, name]) => [expiresAt, entry, name] as const),
    );
    w.vec(rows, (out, [expiresAt, entry, name]) => {
      out.u32(expiresAt).option(name === anonymous ? undefined : fromHex(name), (o, asker) => o.raw(asker));
      out.raw(fromHex(entry.slice(name.length + 1)));
    });
  }

  /** Reads what {@link ReplayGuard.write} wrote. @throws CodecError */
  static read(r: Reader): ReplayGuard {
    const guard = new ReplayGuard();
    for (let count = r.count(21); count > 0; count--) {
      const expiresAt = r.u32();
      const name = r.option((o) => toHex(o.take(32))) ?? anonymous;
      guard.#note(name, entryOf(name, r.take(16)), expiresAt);
    }
    return guard;
  }

  /**
   * Adds an entry. The expiry block is signed or sealed with the query, so the host cannot repeat a query
   * with a different expiry block.
   */
  #note(name: string, entry: string, expiresAt: number): void {
    const entries = this.#byExpiry.get(expiresAt) ?? new Map<string, string>();
    this.#byExpiry.set(expiresAt, entries.set(entry, name));
    this.#perAsker.set(name, (this.#perAsker.get(name) ?? 0) + 1);
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

function entryOf(name: string, nonce: Uint8Array): string {
  return `${name} ${toHex(nonce)}`;
}
