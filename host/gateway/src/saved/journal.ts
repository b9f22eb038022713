/**
 * What brings the next process of the enclave to the state of the last one: the pages of a dump, which the
 * enclave has sealed, and all calls that changed its chain or state since that dump began. The next process
 * checks the pages and the calls as it checks everything that its host sends.
 *
 * | key | record |
 * |---|---|
 * | `base` | JSON: the dump's id, the number and the length of its pages, and the first call after it began |
 * | `page/ID/INDEX` | a sealed page, in base64 |
 * | `call/NUMBER` | JSON: the action, and the number of the body's parts |
 * | `call/NUMBER/INDEX` | a part of the body, as it arrived |
 *
 * A call is stored in the transaction of its reply's blobs, before its caller receives the reply. A call that
 * could not be stored leaves a gap in the numbers. The calls after a gap are worth nothing until a new dump
 * has begun after it.
 */
import type { Blob, BodyInParts } from "@pruntime/api/frames";
import type { BlobStore } from "../store/store.ts";

/**
 * The calls after which a new dump begins. If half of the last dump is longer, it counts instead.
 * @limit bytes
 * @source chosen: a worker executes as many bytes in about ten seconds (measured)
 * @past a dump is taken, which replaces the calls
 */
const fewCallsBytes = 16 << 20;

/**
 * The calls that are stored if no dump can be taken.
 * @limit bytes
 * @source chosen: a worker executes as many bytes in about ten minutes
 * @past further calls are not stored, and a restarted worker needs the later blocks again
 */
const maxCallBytes: number = 1 << 30;

/** The actions that change a worker's chain or state, if they are not refused. */
const stored: ReadonlySet<string> = new Set([
  "sync_header",
  "stage_header",
  "recover_finality",
  "stage_piece",
  "dispatch_block",
  "sync_block",
  "sync_para",
  "sync_code",
]);

/** The actions that bring parts of a later call. A dump does not contain these parts. */
const staging: ReadonlySet<string> = new Set(["stage_header", "stage_piece"]);

/** The actions after which earlier calls lead nowhere. */
const replacing: ReadonlySet<string> = new Set([
  "init_runtime",
  "load_states",
  "load_page",
  "handover_complete",
]);

/** A call that the enclave has answered. */
export interface AnsweredCall {
  readonly action: string;
  readonly body: BodyInParts;
}

/** A call that a new process has to repeat. */
interface StoredCall extends AnsweredCall {
  /** Its place among the stored calls. */
  readonly number: number;
}

/** A complete dump, and the first call that it does not contain. */
interface Base {
  readonly id: string;
  readonly pages: number;
  readonly bytes: number;
  readonly from: number;
}

/** The stored pages and calls. Each change is one transaction, and changes are made one after another. */
export class Journal {
  readonly #store: Pick<BlobStore, "commit" | "ownKeys" | "own">;
  #base: Base | undefined;
  /** The number of the next call. */
  #next = 0;
  /** The length of the calls since the base, in bytes. */
  #bytes = 0;
  #hasGap = false;
  #isStaging = false;
  /** The dump that is being taken, and the first call that it does not contain. */
  #begun: { readonly id: string; readonly from: number } | undefined;
  #pageBytes = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Pick<BlobStore, "commit" | "ownKeys" | "own">) {
    this.#store = store;
  }

  /** Reads what is stored, for a new process of the enclave. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      const base = await this.#store.own("base");
      this.#base = base && (JSON.parse(Buffer.from(base).toString()) as Base);
      const numbers = (await this.#store.ownKeys()).filter(isCall).map(numberOf);
      this.#next = 1 + Math.max(-1, ...numbers.slice(-1), (this.#base?.from ?? 0) - 1);
      [this.#bytes, this.#hasGap, this.#isStaging, this.#begun] = [0, false, false, undefined];
    });
  }

  /** Whether a new dump should be taken now. */
  get isDue(): boolean {
    if (this.#isStaging) return false;
    const { bytes } = this.#base ?? {};
    return bytes === undefined || this.#hasGap || this.#bytes >= Math.max(fewCallsBytes, bytes / 2);
  }

  /**
   * Stores the blobs of a reply and, if the call was not refused and changes the worker, the call.
   * @throws errors of the store. The call then leaves a gap
   */
  commit(puts: readonly Blob[], drops: readonly string[], call: AnsweredCall | undefined): Promise<void> {
    return this.#inTurn(async () => {
      if (call !== undefined && replacing.has(call.action)) return await this.#clear(puts, drops);
      const isStored = call !== undefined && stored.has(call.action) && this.#isKept;
      if (!isStored && puts.length + drops.length === 0) return;
      if (!isStored) return await this.#store.commit(puts, drops);
      const number = this.#next++;
      this.#isStaging = staging.has(call.action);
      const isTooLong = this.#bytes + call.body.length > maxCallBytes;
      this.#hasGap ||= isTooLong;
      try {
        await this.#store.commit(puts, drops, { puts: isTooLong ? [] : recordsOf(number, call), drops: [] });
      } catch (error) {
        this.#hasGap = true;
        throw error;
      }
      if (!isTooLong) this.#bytes += call.body.length;
    });
  }

  /** Notes that a dump with this id has begun, before any later call is stored. */
  begin(id: string): void {
    if (this.#isStaging || this.#begun?.id === id) return;
    this.#begun = { id, from: this.#next };
    [this.#pageBytes, this.#hasGap] = [0, false];
  }

  /** Stores a page of the dump that has begun. */
  putPage(id: string, index: number, page: string): Promise<void> {
    const bytes = Buffer.from(page);
    this.#pageBytes += bytes.length;
    return this.#inTurn(() =>
      this.#store.commit([], [], { puts: [{ key: pageKey(id, index), bytes }], drops: [] }),
    );
  }

  /** Puts a dump with this many pages in place of the last one and the calls that it contains. */
  adopt(id: string, pages: number): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#begun?.id !== id) return;
      const { from } = this.#begun;
      const base: Base = { id, pages, bytes: this.#pageBytes, from };
      const isOld = (key: string) =>
        isCall(key) ? numberOf(key) < from : key !== "base" && !key.startsWith(`page/${id}/`);
      const drops = (await this.#store.ownKeys()).filter(isOld);
      const bytes = Buffer.from(JSON.stringify(base));
      await this.#store.commit([], [], { puts: [{ key: "base", bytes }], drops });
      [this.#base, this.#bytes, this.#begun] = [base, 0, undefined];
    });
  }

  /** Forgets all pages and calls. */
  clear(): Promise<void> {
    return this.#inTurn(() => this.#clear([], []));
  }

  /** Forgets the call with this number, and all later calls. */
  cutAt(number: number): Promise<void> {
    return this.#inTurn(async () => {
      const drops = (await this.#store.ownKeys()).filter((key) => isCall(key) && numberOf(key) >= number);
      await this.#store.commit([], [], { puts: [], drops });
      this.#next = number;
    });
  }

  /** The pages of the last complete dump, in order. */
  async *pages(): AsyncGenerator<{ readonly id: string; readonly index: number; readonly page: string }> {
    const { id = "", pages = 0 } = this.#base ?? {};
    for (let index = 0; index < pages; index++) {
      const page = await this.#store.own(pageKey(id, index));
      yield { id, index, page: Buffer.from(page ?? []).toString() };
    }
  }

  /** The calls since the last complete dump, in order, up to the first gap. */
  async *calls(): AsyncGenerator<StoredCall> {
    if (this.#base === undefined) return;
    for (let number = this.#base.from; number < this.#next; number++) {
      const head = await this.#store.own(callKey(number));
      if (head === undefined) return await this.cutAt(number);
      const { action, parts } = JSON.parse(Buffer.from(head).toString()) as CallHead;
      const body: Uint8Array[] = [];
      for (let i = 0; i < parts; i++)
        body.push((await this.#store.own(partKey(number, i))) ?? new Uint8Array());
      const length = body.reduce((sum, part) => sum + part.length, 0);
      this.#bytes += length;
      yield { number, action, body: { parts: body, length } };
    }
  }

  async #clear(puts: readonly Blob[], drops: readonly string[]): Promise<void> {
    const [base, begun] = [this.#base, this.#begun];
    if (base === undefined && begun === undefined) return await this.#store.commit(puts, drops);
    [this.#base, this.#begun, this.#bytes, this.#isStaging] = [undefined, undefined, 0, false];
    await this.#store.commit(puts, drops, { puts: [], drops: await this.#store.ownKeys() });
  }

  /** Whether there is a dump, or a beginning of one, that calls can follow. */
  get #isKept(): boolean {
    return this.#base !== undefined || this.#begun !== undefined;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** The first record of a call. */
interface CallHead {
  readonly action: string;
  readonly parts: number;
}

/** The records of a call. The parts of its body are not joined, because that needs memory for all of it. */
function recordsOf(number: number, { action, body: { parts } }: AnsweredCall): readonly Blob[] {
  const head: CallHead = { action, parts: parts.length };
  return [
    { key: callKey(number), bytes: Buffer.from(JSON.stringify(head)) },
    ...parts.map((bytes, i) => ({ key: partKey(number, i), bytes })),
  ];
}

const pageKey = (id: string, index: number): string => `page/${id}/${index}`;
const callKey = (number: number): string => `call/${String(number).padStart(15, "0")}`;
const partKey = (number: number, index: number): string => `${callKey(number)}/${index}`;
const isCall = (key: string): boolean => key.startsWith("call/");
const numberOf = (key: string): number => Number(key.slice("call/".length).split("/")[0]);
