/**
 * DataPlaza's files, and how many of their rows the orders match. The data area is not part of the state or
 * its root, because different operators may have different files.
 *
 * A file in clear is the operator's: anyone may name it, and the operator reads the results. A sealed file
 * belongs to the account that sealed it (see `file-seal.ts`).
 *
 * A join counts the matching rows as soon as its three inputs (order, dataset, query) exist, and again if one
 * of its files is replaced. Orders for the same two files share one join. The result itself takes no room: it
 * is joined again when the operator reads it. So no order can leave another order without a result.
 *
 * The joins that run after one batch or one new file may read a limited number of bytes. The other joins wait
 * for the next batch or file, and the accounts that ordered them take turns.
 */
import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import type { FileKind } from "@pruntime/core/channel";
import type { Work } from "@pruntime/core/work";
import { maxLinkLength } from "@pruntime/interfaces";
import type { DataAreaView, JoinOrder, Links, Progress } from "./contract.ts";
import { DataError } from "./error.ts";
import { countedBytes, mayName, type SealedOrClear, sameNamers } from "./file-seal.ts";
import { countRows, joinWork } from "./join.ts";
import { type DataFile, type Join, JoinQueue } from "./join-queue.ts";
import { type HashTable, publicHashTable } from "./key-set.ts";
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

/** A file by its path. */
export interface StoredFile extends SealedOrClear {
  readonly path: string;
}

/** The rows of an order's result. */
export interface OrderResult {
  readonly rows: Uint8Array;
  /** Set if only the buyer may read the rows. */
  readonly sealed?: {
    readonly resultKey: Uint8Array;
    /** The account that sealed the dataset, 32 bytes; `undefined` for a dataset in clear. */
    readonly seller: Uint8Array | undefined;
    readonly datasetBytes: number;
  };
}

/** The files by path, and the numbers of rows that orders match. */
export class DataArea implements DataAreaView {
  readonly #limits: DataLimits;
  readonly #hashTable: HashTable;
  readonly #files = new Map<string, DataFile>();
  #fileBytes = 0;
  #orderCount = 0;
  readonly #waiting = new JoinQueue();

  /** `hashTable` must be secret if the makers of the files are not trusted. */
  constructor(limits: DataLimits = defaultDataLimits, hashTable: HashTable = publicHashTable) {
    this.#limits = limits;
    this.#hashTable = hashTable;
  }

  /**
   * The number of orders that were followed with the present files, and the id of the next order to follow. A
   * new file may be the missing file of any order, so it sets the number to 0.
   */
  get orderCount(): number {
    return this.#orderCount;
  }

  progress(links: Links): Progress {
    const { dataset, query } = this.#filesOf(links);
    return {
      hasDataset: dataset !== undefined,
      hasQuery: query !== undefined,
      rows: query && dataset?.joins.get(query)?.rows,
      isSealed: query?.seal !== undefined,
    };
  }

  /**
   * Returns a copy of the file in clear at a path; `undefined` if there is none.
   * @throws {@link DataError} `data/sealed`
   */
  file(path: string): Uint8Array | undefined {
    const file = this.#files.get(path);
    if (file?.seal !== undefined) throw new DataError({ code: "data/sealed" });
    return file?.bytes.slice();
  }

  /** Joins two files, in units. The result is `undefined` as long as the rows are not counted. */
  *result(links: Links): Work<OrderResult | undefined> {
    const { dataset, query } = this.#filesOf(links);
    if (dataset === undefined || query === undefined || dataset.joins.get(query)?.rows === undefined)
      return undefined;
    const { bytes: rows } = yield* joinWork(dataset.bytes, query.bytes, this.#hashTable);
    if (query.seal === undefined) return { rows };
    const { resultKey } = query.seal;
    return { rows, sealed: { resultKey, seller: dataset.seal?.owner, datasetBytes: dataset.bytes.length } };
  }

  /** The files. Their bytes are not copies. */
  *entries(): Iterable<StoredFile> {
    for (const [path, { bytes, seal }] of this.#files) yield { path, bytes, seal };
  }

  /**
   * Checks that {@link store} would accept a file. Returns a copy of the path, because a substring of the
   * request would keep the whole request in memory, and the length of all files with this one.
   * @throws {@link DataError} if the data area refuses the file; BytesError `bytes/bad-utf8` for a path with
   * a lone surrogate
   */
  check({ path, ...content }: StoredFile): { readonly ownPath: string; readonly total: number } {
    const file = this.#files.get(path);
    const counted = countedBytes(content);
    const total = this.#fileBytes - (file === undefined ? 0 : countedBytes(file)) + counted;
    const { maxFileBytes, maxFiles, maxTotalBytes } = this.#limits;
    if (path.length === 0 || path.length > maxLinkLength)
      throw new DataError({ code: "data/bad-path", length: path.length, limit: maxLinkLength });
    if (path.startsWith(resultPrefix)) throw new DataError({ code: "data/reserved-path" });
    if (counted > maxFileBytes)
      throw new DataError({ code: "data/file-too-large", bytes: counted, limit: maxFileBytes });
    if (file === undefined && this.#files.size >= maxFiles)
      throw new DataError({ code: "data/too-many-files", limit: maxFiles });
    if (total > maxTotalBytes) throw new DataError({ code: "data/full", bytes: total, limit: maxTotalBytes });
    return { ownPath: fromUtf8(utf8(path)), total };
  }

  /**
   * Stores a file, or replaces the file at this path. The joins of a replaced file then wait for
   * {@link joinWork}. After a new file, and after a file that other accounts may name than its predecessor,
   * all orders must be followed again.
   * @throws as {@link check}. The data area is then unchanged.
   */
  store({ path, bytes, seal }: StoredFile): void {
    const { ownPath, total } = this.check({ path, bytes, seal });
    const file = this.#files.get(path);
    this.#fileBytes = total;
    if (file === undefined) {
      this.#files.set(ownPath, { bytes: bytes.slice(), seal, joins: new Map() });
      this.#orderCount = 0;
      return;
    }
    if (!sameNamers(file.seal, seal)) this.forgetOrders();
    file.bytes = bytes.slice();
    file.seal = seal;
    for (const { joins } of this.#files.values())
      for (const join of joins.values())
        if (join.dataset === file || join.query === file) this.#wait(join, join.account);
  }

  /**
   * Follows an order. If both files are present and their rows are not counted, the join then waits for
   * {@link joinWork}. An order may be followed again.
   */
  follow({ id, ...links }: JoinOrder): void {
    this.#orderCount = Math.max(this.#orderCount, id + 1);
    const { dataset, query } = this.#filesOf(links);
    if (dataset === undefined || query === undefined) return;
    const known = dataset.joins.get(query);
    const join = known ?? { dataset, query, rows: undefined, account: "", place: undefined };
    dataset.joins.set(query, join);
    if (join.rows === undefined) this.#wait(join, toHex(links.buyer));
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
      join.rows = yield* countRows(join.dataset.bytes, join.query.bytes, this.#hashTable);
    }
  }

  #wait(join: Join, account: string): void {
    join.rows = undefined;
    this.#waiting.add(join, account, this.#costOf(join));
  }

  #costOf({ dataset, query }: Join): number {
    return Math.max(this.#limits.leastJoinBytes, countedBytes(dataset) + countedBytes(query));
  }

  /**
   * The files that an order may use. The rows of a sealed dataset leave the worker only for the owner of a
   * sealed query file, so no query file in clear is used with such a dataset.
   */
  #filesOf(links: Links): { readonly dataset: DataFile | undefined; readonly query: DataFile | undefined } {
    const [dataset, query] = [
      this.#named(links.dataset, "dataset", links.seller),
      this.#named(links.query, "query", links.buyer),
    ];
    const isOpen = dataset?.seal !== undefined && query?.seal === undefined;
    return { dataset, query: isOpen ? undefined : query };
  }

  #named(path: string, kind: FileKind, account: Uint8Array): DataFile | undefined {
    const file = this.#files.get(path);
    return file && mayName(file.seal, kind, account) ? file : undefined;
  }
}
