/**
 * The operator's files, and the results of the orders that join them. The data area is not part of the state
 * or its root, because different operators may have different files. A join runs as soon as its three
 * inputs (order, dataset, query) exist, and again if one of its files is replaced. Orders for the same two
 * files share one join, so a repeated order needs no further join. The joins that run after one batch or one
 * new file may read a limited number of bytes. The other joins wait, in order, for the next batch or file. An
 * account that orders every pair of files can therefore delay results, but not the chain.
 */
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { complete, type Work } from "@pruntime/core/work";
import { maxLinkLength } from "@pruntime/interfaces";
import type { DataAreaView, JoinOrder } from "./contract.ts";
import { DataError } from "./error.ts";
import { type Joined, joinWork } from "./join.ts";
import { orderPath, resultPrefix } from "./path.ts";

/** The limits of a data area. `maxFiles` is a number of files, and all other limits are in bytes. */
export interface DataLimits {
  readonly maxFileBytes: number;
  readonly maxFiles: number;
  /** The limit for all files together. */
  readonly maxTotalBytes: number;
  /**
   * The limit for all results together. A result that would exceed the limit is discarded, and its orders
   * have no result.
   */
  readonly maxResultBytes: number;
  /** The limit for all files that are read after a batch or a new file. The first join always runs. */
  readonly maxJoinBytes: number;
}

/** The limits that a data area has by default. */
export const defaultDataLimits: DataLimits = {
  /**
   * One of the operator's files.
   * @limit bytes
   * @source chosen: a call carries one file in base64
   * @past `data/file-too-large`
   */
  maxFileBytes: 16 << 20,
  /**
   * The operator's files.
   * @limit files
   * @source chosen
   * @past `data/too-many-files`
   */
  maxFiles: 256,
  /**
   * All of the operator's files together.
   * @limit bytes
   * @source chosen: the memory of an enclave
   * @past `data/full`
   */
  maxTotalBytes: 64 << 20,
  /**
   * The results of all joins together.
   * @limit bytes
   * @source chosen: the memory of an enclave
   * @past the result is discarded, and its orders have no result
   */
  maxResultBytes: 64 << 20,
  /**
   * The files that the joins after one batch or one new file read.
   * @limit bytes
   * @source the largest file, so that any single join can run
   * @past the other joins wait for the next batch or file. The first join always runs
   */
  maxJoinBytes: 16 << 20,
};

/** Two files that at least one order joins. */
interface Pair {
  readonly dataset: string;
  readonly query: string;
  joined: Joined | undefined;
}

/** The operator's files by path, and the results of orders, under `/order/<id>`. */
export class DataArea implements DataAreaView {
  readonly #limits: DataLimits;
  readonly #files = new Map<string, Uint8Array>();
  #fileBytes = 0;
  #resultBytes = 0;
  /** The pair of files of each order. The key is the path of the order's result. */
  readonly #orders = new Map<string, Pair>();
  /** The pairs by dataset, and then by query. */
  readonly #pairs = new Map<string, Map<string, Pair>>();
  readonly #pairsByQuery = new Map<string, Pair[]>();
  /** The pairs that the next `join` tries, in order. `join` removes each pair that lacks a file. */
  readonly #waiting = new Set<Pair>();

  constructor(limits: DataLimits = defaultDataLimits) {
    this.#limits = limits;
  }

  /** The number of orders in the data area, which is also the id of the next order. */
  get orderCount(): number {
    return this.#orders.size;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  matchedRows(order: number): number | undefined {
    return this.#orders.get(orderPath(order))?.joined?.rows;
  }

  /** Returns a copy of the file or of the order's result at a path; `undefined` if there is neither. */
  get(path: string): Uint8Array | undefined {
    return (this.#files.get(path) ?? this.#orders.get(path)?.joined?.bytes)?.slice();
  }

  /** The operator's files by path. */
  entries(): Iterable<readonly [string, Uint8Array]> {
    return this.#files;
  }

  /**
   * Stores a file, or replaces the file at this path. Then runs the waiting joins.
   * @throws {@link DataError} if the data area refuses the file. The data area is then unchanged.
   */
  set(path: string, bytes: Uint8Array): void {
    this.store(path, bytes);
    this.join();
  }

  /** Stores a file as {@link set} does. The joins of the file then wait for {@link joinWork}. */
  store(path: string, bytes: Uint8Array): void {
    const replaced = this.#files.get(path);
    const total = this.#fileBytes - (replaced?.length ?? 0) + bytes.length;
    this.#check(path, bytes, replaced === undefined, total);
    // a copy, because a substring of the request would keep the whole request and its file in memory
    const ownPath = fromUtf8(utf8(path));
    this.#files.set(ownPath, bytes.slice());
    this.#fileBytes = total;
    const affected = new Set([
      ...(this.#pairs.get(path)?.values() ?? []),
      ...(this.#pairsByQuery.get(path) ?? []),
    ]);
    for (const pair of affected) this.#forget(pair);
  }

  #check(path: string, bytes: Uint8Array, isNew: boolean, total: number): void {
    const { maxFileBytes, maxFiles, maxTotalBytes } = this.#limits;
    if (path.length === 0 || path.length > maxLinkLength)
      throw new DataError({ code: "data/bad-path", length: path.length, limit: maxLinkLength });
    if (path.startsWith(resultPrefix)) throw new DataError({ code: "data/reserved-path" });
    if (bytes.length > maxFileBytes)
      throw new DataError({ code: "data/file-too-large", bytes: bytes.length, limit: maxFileBytes });
    if (isNew && this.#files.size >= maxFiles)
      throw new DataError({ code: "data/too-many-files", limit: maxFiles });
    if (total > maxTotalBytes) throw new DataError({ code: "data/full", bytes: total, limit: maxTotalBytes });
  }

  /** Adds an order, which must have the next id. {@link DataArea.join} computes the order's result. */
  follow({ id, dataset, query }: JoinOrder): void {
    const byQuery = this.#pairs.get(dataset) ?? new Map<string, Pair>();
    this.#pairs.set(dataset, byQuery);
    let pair = byQuery.get(query);
    if (pair === undefined) {
      pair = { dataset, query, joined: undefined };
      byQuery.set(query, pair);
      const siblings = this.#pairsByQuery.get(query);
      if (siblings === undefined) this.#pairsByQuery.set(query, [pair]);
      else siblings.push(pair);
      this.#waiting.add(pair);
    }
    this.#orders.set(orderPath(id), pair);
  }

  /** Removes all orders and results, and keeps the files. */
  forgetOrders(): void {
    this.#orders.clear();
    this.#pairs.clear();
    this.#pairsByQuery.clear();
    this.#waiting.clear();
    this.#resultBytes = 0;
  }

  /** Runs the waiting joins, up to the byte limit. */
  join(): void {
    complete(this.joinWork());
  }

  /** Does what {@link join} does, in units. No file may change before the work ends. */
  *joinWork(): Work<void> {
    let read = 0;
    for (const pair of this.#waiting) {
      const [dataset, query] = [this.#files.get(pair.dataset), this.#files.get(pair.query)];
      if (dataset !== undefined && query !== undefined) {
        const bytes = dataset.length + query.length;
        if (read > 0 && read + bytes > this.#limits.maxJoinBytes) return;
        read += bytes;
        this.#keep(pair, yield* joinWork(dataset, query));
      }
      this.#waiting.delete(pair);
    }
  }

  #keep(pair: Pair, joined: Joined): void {
    if (this.#resultBytes + joined.bytes.length > this.#limits.maxResultBytes) return;
    this.#resultBytes += joined.bytes.length;
    pair.joined = joined;
  }

  #forget(pair: Pair): void {
    this.#resultBytes -= pair.joined?.bytes.length ?? 0;
    pair.joined = undefined;
    this.#waiting.add(pair);
  }
}
