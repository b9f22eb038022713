/**
 * Remembers the nonces of signed v2 queries, so that a recorded query is answered only once. Memory is
 * bounded. When it is full, the oldest nonces are forgotten, and every query that is at least as old is
 * refused as expired. So a flood of queries shortens the life of every query, but no account is refused
 * because of another account's queries. No query waits while all nonces of a block are forgotten one by one:
 * they are dropped together, and later queries tidy up the counts of the accounts, a few accounts each.
 */
import { toHex } from "@pruntime/core/bytes";
import { QueryError } from "@pruntime/core/channel";

/**
 * The life of a query: the blocks that the worker may dispatch after the query's issue.
 * @limit blocks
 * @source chosen: an hour of blocks at 6 s each
 * @past `query/expired`
 */
export const maxQueryLife = 600;

/** How many nonces may be remembered, for one account and for all accounts together. */
export interface NonceLimits {
  readonly perAccount: number;
  readonly all: number;
}

/**
 * The nonces of signed queries that are remembered, for one account and for all accounts together.
 * @limit nonces, nonces
 * @source chosen: one account's queries of an hour, at one in a second; memory for 64 such accounts
 * @past `query/too-many` for the account; for all accounts, the longest life of a query shrinks, and older
 * queries are `query/expired`
 */
export const nonceLimits: NonceLimits = { perAccount: 4_096, all: 262_144 };

/** A signed query that is about to be answered. */
export interface NewQuery {
  /** The account that signed the query, 32 bytes. */
  readonly account: Uint8Array;
  readonly nonce: Uint8Array;
  /** The number of the block at which the query was issued, at most that of the dispatched block. */
  readonly issuedAt: number;
}

/** The number of an account's nonces for one block of issue. */
interface Count {
  readonly issuedAt: number;
  readonly nonces: number;
}

/** The nonces of the signed queries that were answered under one query key. */
export class Nonces {
  readonly #limits: NonceLimits;
  /** For each block of issue, the remembered queries. An entry is the text of account and nonce. */
  readonly #byIssue = new Map<number, Set<string>>();
  /** The counts of each account's nonces. Counts of forgotten blocks may remain until {@link #countsOf}. */
  readonly #accounts = new Map<string, readonly Count[]>();
  /** Walks over the accounts again and again, to find those without nonces. */
  #sweep: Iterator<string> = this.#accounts.keys();
  #size = 0;
  /** Nonces of queries that were issued at this block or earlier were forgotten to make room. */
  #forgottenTo = Number.NEGATIVE_INFINITY;

  constructor(limits: NonceLimits = nonceLimits) {
    this.#limits = limits;
  }

  /** The longest life that a signed query may have now, in blocks. Usually {@link maxQueryLife}. */
  longestLife(dispatched: number): number {
    const refusedTo = Math.max(this.#forgottenTo, this.#nextForgotten(dispatched));
    return Math.min(maxQueryLife, dispatched - refusedTo - 1);
  }

  /**
   * Checks that a query is neither too old nor answered before, and that its account has room for its nonce.
   * @throws {@link QueryError} `query/expired`, `query/replayed`, `query/too-many`
   */
  check(dispatched: number, { account, nonce, issuedAt }: NewQuery): void {
    if (dispatched - issuedAt > this.longestLife(dispatched))
      throw new QueryError({ code: "query/expired", issuedAt, dispatched });
    this.#forget((issued) => dispatched - issued > maxQueryLife);
    const name = toHex(account);
    if (this.#byIssue.get(issuedAt)?.has(entryOf(name, nonce)) === true)
      throw new QueryError({ code: "query/replayed" });
    if (this.#countsOf(name).reduce((sum, { nonces }) => sum + nonces, 0) >= this.#limits.perAccount)
      throw new QueryError({ code: "query/too-many", limit: this.#limits.perAccount });
  }

  /**
   * Remembers a query that {@link check} has accepted. Returns `false`, and remembers nothing, if the memory
   * is full of queries that were issued at the dispatched block. The caller must then change the query key.
   */
  remember(dispatched: number, query: NewQuery): boolean {
    if (this.#size >= this.#limits.all) {
      const next = this.#nextForgotten(dispatched);
      if (next === Number.NEGATIVE_INFINITY) return false;
      this.#forget((issued) => issued === next);
      this.#forgottenTo = next;
    }
    this.#add(query);
    for (let i = 0; i < sweptPerQuery; i++) this.#sweepOne();
    return true;
  }

  #add({ account, nonce, issuedAt }: NewQuery): void {
    const name = toHex(account);
    const entries = this.#byIssue.get(issuedAt) ?? new Set<string>();
    this.#byIssue.set(issuedAt, entries.add(entryOf(name, nonce)));
    const counts = this.#countsOf(name);
    const nonces = counts.find((count) => count.issuedAt === issuedAt)?.nonces ?? 0;
    const others = counts.filter((count) => count.issuedAt !== issuedAt);
    this.#accounts.set(name, [...others, { issuedAt, nonces: nonces + 1 }]);
    this.#size++;
  }

  /** The counts of an account's remembered nonces. Drops the counts of forgotten blocks. */
  #countsOf(name: string): readonly Count[] {
    const counts = (this.#accounts.get(name) ?? []).filter(({ issuedAt }) => this.#byIssue.has(issuedAt));
    if (counts.length === 0) this.#accounts.delete(name);
    else this.#accounts.set(name, counts);
    return counts;
  }

  /** Visits the next account, and drops it if it has no nonces. */
  #sweepOne(): void {
    const step = this.#sweep.next();
    if (step.done === true) this.#sweep = this.#accounts.keys();
    else this.#countsOf(step.value);
  }

  /**
   * The block whose nonces the next query replaces: the oldest block, if the memory is full and this is not
   * the dispatched block. Otherwise, minus infinity.
   */
  #nextForgotten(dispatched: number): number {
    const oldest = this.#size < this.#limits.all ? dispatched : Math.min(...this.#byIssue.keys());
    return oldest < dispatched ? oldest : Number.NEGATIVE_INFINITY;
  }

  #forget(isForgotten: (issuedAt: number) => boolean): void {
    for (const [issuedAt, entries] of this.#byIssue) {
      if (!isForgotten(issuedAt)) continue;
      this.#size -= entries.size;
      this.#byIssue.delete(issuedAt);
    }
  }
}

/**
 * The number of accounts that a query visits. A query adds at most one account, so there are never more than
 * about twice as many accounts as nonces.
 */
const sweptPerQuery = 2;

function entryOf(account: string, nonce: Uint8Array): string {
  return `${account} ${toHex(nonce)}`;
}
