/**
 * The operator's files, and how many of their rows the orders match. The data area is not part of the state
 * or its root, because different operators may have different files.
 *
 * A join counts the matching rows as soon as its three inputs (order, dataset, query) exist, and again if one
 * of its files is replaced. Orders for the same two files share one join. The result itself takes no room: it
 * is joined again when the operator reads it. So no order can leave another order without a result.
 *
 * The joins that run after one batch or one new file may read a limited number of bytes. The other joins wait
 * for the next batch or file, and the accounts that ordered them take turns.
 */
import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import type { Work } from "@pruntime/core/work";
import { maxLinkLength } from "@pruntime/interfaces";
import type { DataAreaView, JoinOrder, Links } from "./contract.ts";
import { DataError } from "./error.ts";
import { joinWork } from "./join.ts";
import { type DataFile, type Join, JoinQueue } from "./join-queue.ts";
import { resultPrefix } from "./path.ts";

/** The limits of a data area. `maxFiles` is a number of files, and all other limits are in bytes. */
export interface DataLimits {
  readonly maxFileBytes: number;
  readonly maxFiles: number;
  /** The limit for all files together. */
  readonly maxTotalBytes: number;
  /** The limit for all files that are read after a batch or a new file. The first join always runs. */
  readonly maxJoinBytes: number;
  /** What a join of short files counts as. */
  readonly leastJoinBytes: number;
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
   * The operator's files. At most as many joins as there are pairs of files can wait.
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
   * The files that the joins after one batch or one new file read. A join counts as at least 64 KiB.
   * @limit bytes
   * @source the largest file, so that any single join can run
   * @past the other joins wait for the next batch or file, and the accounts that ordered them take turns. The
   * first join always runs
   */
  maxJoinBytes: 16 << 20,
  leastJoinBytes: 64 << 10,
};

/** The operator's files by path, and the numbers of rows that orders match. */
export class DataArea implements DataAreaView {
  readonly #limits: DataLimits;
  readonly #files = new Map<string, DataFile>();
  #fileBytes = 0;
  #orderCount = 0;
  readonly #waiting = new JoinQueue();

  constructor(limits: DataLimits = defaultDataLimits) {
    this.#limits = limits;
  }

  /**
   * The number of orders that were followed with the present files, and the id of the next order to follow. A
   * new file may be the missing file of any order, so it sets the number to 0.
   */
  get orderCount(): number {
    return this.#orderCount;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  matchedRows(links: Links): number | undefined {
    const { dataset, query } = this.#filesOf(links) ?? {};
    return dataset && query && dataset.joins.get(query)?.rows;
  }

  /** Returns a copy of the file at a path; `undefined` if there is none. */
  file(path: string): Uint8Array | undefined {
    return this.#files.get(path)?.bytes.slice();
  }

  /** Joins two files, in units. The result is `undefined` as long as {@link matchedRows} is. */
  *result(links: Links): Work<Uint8Array | undefined> {
    const files = this.#filesOf(links);
    if (files === undefined || this.matchedRows(links) === undefined) return undefined;
    return (yield* joinWork(files.dataset.bytes, files.query.bytes)).bytes;
  }

  /** The operator's files by path. */
  *entries(): Iterable<readonly [string, Uint8Array]> {
    for (const [path, { bytes }] of this.#files) yield [path, bytes];
  }

  /**
   * Stores a file, or replaces the file at this path. The joins of a replaced file then wait for
   * {@link joinWork}. After a new file, all orders must be followed again.
   * @throws {@link DataError} if the data area refuses the file; BytesError `bytes/bad-utf8` for a path with
   * a lone surrogate. The data area is then unchanged.
   */
  store(path: string, bytes: Uint8Array): void {
    const { ownPath, total } = this.check(path, bytes);
    const file = this.#files.get(path);
    this.#fileBytes = total;
    if (file === undefined) {
      this.#files.set(ownPath, { bytes: bytes.slice(), joins: new Map() });
      this.#orderCount = 0;
      return;
    }
    file.bytes = bytes.slice();
    for (const { joins } of this.#files.values())
      for (const join of joins.values())
        if (join.dataset === file || join.query === file) this.#wait(join, join.account);
  }

  /**
   * Checks that {@link store} would accept a file. Returns a copy of the path, because a substring of the
   * request would keep the whole request in memory, and the length of all files with this one.
   * @throws as {@link store}
   */
  check(path: string, bytes: Uint8Array): { readonly ownPath: string; readonly total: number } {
    const file = this.#files.get(path);
    const total = this.#fileBytes - (file?.bytes.length ?? 0) + bytes.length;
    const { maxFileBytes, maxFiles, maxTotalBytes } = this.#limits;
    if (path.length === 0 || path.length > maxLinkLength)
      throw new DataError({ code: "data/bad-path", length: path.length, limit: maxLinkLength });
    if (path.startsWith(resultPrefix)) throw new DataError({ code: "data/reserved-path" });
    if (bytes.length > maxFileBytes)
      throw new DataError({ code: "data/file-too-large", bytes: bytes.length, limit: maxFileBytes });
    if (file === undefined && this.#files.size >= maxFiles)
      throw new DataError({ code: "data/too-many-files", limit: maxFiles });
    if (total > maxTotalBytes) throw new DataError({ code: "data/full", bytes: total, limit: maxTotalBytes });
    return { ownPath: fromUtf8(utf8(path)), total };
  }

  /**
   * Follows an order. If both files are present and their rows are not counted, the join then waits for
   * {@link joinWork}. An order may be followed again.
   */
  follow({ id, buyer, ...links }: JoinOrder): void {
    this.#orderCount = Math.max(this.#orderCount, id + 1);
    const files = this.#filesOf(links);
    if (files === undefined) return;
    const known = files.dataset.joins.get(files.query);
    const join = known ?? { ...files, rows: undefined, account: "", place: undefined };
    files.dataset.joins.set(files.query, join);
    if (join.rows === undefined) this.#wait(join, toHex(buyer));
  }

  /** Removes all orders and their joins, and keeps the files. */
  forgetOrders(): void {
    this.#orderCount = 0;
    this.#waiting.clear();
    for (const { joins } of this.#files.values()) joins.clear();
  }

  /** Runs the waiting joins in units, up to the byte limit. No file may change before the work ends. */
  *joinWork(): Work<void> {
    let read = 0;
    for (let join = this.#waiting.first; join !== undefined; join = this.#waiting.first) {
      const cost = this.#costOf(join);
      if (read > 0 && read + cost > this.#limits.maxJoinBytes) return;
      read += cost;
      this.#waiting.take();
      join.rows = (yield* joinWork(join.dataset.bytes, join.query.bytes)).rows;
    }
  }

  #wait(join: Join, account: string): void {
    join.rows = undefined;
    this.#waiting.add(join, account, this.#costOf(join));
  }

  #costOf({ dataset, query }: Files): number {
    return Math.max(this.#limits.leastJoinBytes, dataset.bytes.length + query.bytes.length);
  }

  #filesOf(links: Links): Files | undefined {
    const [dataset, query] = [this.#files.get(links.dataset), this.#files.get(links.query)];
    return dataset && query && { dataset, query };
  }
}

type Files = Pick<Join, "dataset" | "query">;
