import { describe, expect, it } from "vitest";
import { type AnsweredCall, Journal } from "../../src/saved/journal.ts";
import type { BlobStore } from "../../src/store/store.ts";
import { memoryStore } from "../../src/testing/memory-store.ts";

const call = (action: string, text = ""): AnsweredCall => {
  const half = text.length >> 1;
  const parts = [text.slice(0, half), text.slice(half)].map((part) => new Uint8Array(Buffer.from(part)));
  return { action, body: { parts, length: text.length } };
};

/** A worker whose state is the list of calls that it executed, and whose dump has a page for each of them. */
class Worker {
  readonly journal: Journal;
  readonly executed: string[] = [];

  constructor(store: BlobStore) {
    this.journal = new Journal(store);
  }

  async execute(text: string): Promise<void> {
    await this.journal.commit([], [], call("dispatch_block", text));
    this.executed.push(text);
  }

  async dump(id: string, meanwhile = async () => {}): Promise<void> {
    const pages = ["", ...this.executed];
    this.journal.begin(id);
    for (const [index, page] of pages.entries()) {
      await this.journal.putPage(id, index, page);
      await meanwhile();
    }
    await this.journal.adopt(id, pages.length);
  }
}

/** What a new process has executed after it was brought to the saved state; `undefined` if none is saved. */
async function saved(store: BlobStore): Promise<readonly string[] | undefined> {
  const journal = new Journal(store);
  await journal.open();
  const [pages, calls]: [string[], string[]] = [[], []];
  for await (const { page } of journal.pages()) pages.push(page);
  for await (const { body } of journal.calls()) calls.push(Buffer.concat(body.parts).toString());
  return pages.length === 0 ? undefined : [...pages.slice(1), ...calls];
}

/** A store whose commits fail from one number on, or only at one number. */
function failing(from: number, to = Infinity) {
  const inner = memoryStore();
  let commits = 0;
  const store: BlobStore = {
    ...inner,
    commit: async (...changes) => {
      const number = commits++;
      if (number >= from && number < to) throw new TypeError("disk full");
      await inner.commit(...changes);
    },
  };
  return { store, inner, commits: () => commits };
}

describe("a journal", () => {
  it("has the dump and the calls since it began, also those that came while it was taken", async () => {
    const store = memoryStore();
    const worker = new Worker(store);
    await worker.execute("never stored, because no dump has begun");
    let more = 0;
    await worker.dump("a", async () => void (await worker.execute(`during ${more++}`)));
    await worker.execute("after");
    expect(await saved(store)).toEqual(worker.executed);
    expect(await saved(store)).toEqual(worker.executed);
  });

  it("has nothing but the last dump and the calls since then", async () => {
    const store = memoryStore();
    const worker = new Worker(store);
    await worker.dump("a");
    await worker.execute("1");
    worker.journal.begin("given up");
    await worker.journal.putPage("given up", 0, "");
    await worker.dump("b");
    await worker.execute("2");
    expect(await store.ownKeys()).toEqual([
      "base",
      "call/000000000000001",
      "call/000000000000001/0",
      "call/000000000000001/1",
      "page/b/0",
      "page/b/1",
    ]);
    expect(await saved(store)).toEqual(["1", "2"]);
  });

  it("loses nothing that was acknowledged if the gateway ends at any of its writes", async () => {
    const live = async (store: BlobStore, worker: Worker) => {
      await worker.dump("a");
      await worker.execute("1");
      await worker.execute("2");
      await worker.dump("b", () => worker.execute(`during b ${worker.executed.length}`));
      await worker.execute("3");
      const next = new Worker(store);
      await next.journal.open();
      for await (const { page } of next.journal.pages()) if (page !== "") next.executed.push(page);
      for await (const { body } of next.journal.calls())
        next.executed.push(Buffer.concat(body.parts).toString());
      worker.executed.splice(0, Infinity, ...next.executed);
      await next.dump("c");
    };
    const whole = failing(Infinity);
    await live(whole.store, new Worker(whole.store));
    expect(whole.commits()).toBeGreaterThan(10);
    for (let i = 0; i < whole.commits(); i++) {
      const { store, inner } = failing(i);
      const worker = new Worker(store);
      await expect(live(store, worker)).rejects.toThrow("disk full");
      expect(await saved(inner)).toEqual(i < 2 ? undefined : worker.executed);
    }
  });

  it("ends before a call that could not be stored, until a new dump has begun", async () => {
    const { store } = failing(2, 3);
    const worker = new Worker(store);
    await worker.dump("a");
    expect(worker.journal.isDue).toBe(false);
    await expect(worker.execute("lost")).rejects.toThrow("disk full");
    expect(worker.journal.isDue).toBe(true);
    worker.executed.push("lost");
    await worker.execute("later");
    expect(await saved(store)).toEqual([]);
    await worker.dump("b");
    await worker.execute("latest");
    expect(worker.journal.isDue).toBe(false);
    expect(await saved(store)).toEqual(["lost", "later", "latest"]);
  });

  it("goes on after the last call, and forgets a refused call with all later ones", async () => {
    const store = memoryStore();
    const worker = new Worker(store);
    await worker.dump("a");
    for (const text of ["0", "1", "2"]) await worker.execute(text);
    const journal = new Journal(store);
    await journal.open();
    await journal.cutAt(1);
    await journal.commit([], [], call("sync_header", "another"));
    expect(await saved(store)).toEqual(["0", "another"]);
  });

  it.each(["init_runtime", "load_states", "load_page", "handover_complete"])(
    "is empty after %s, together with the blobs of its reply",
    async (action) => {
      const store = memoryStore();
      const worker = new Worker(store);
      await worker.dump("a");
      await worker.execute("1");
      await worker.journal.commit([{ key: "mark", bytes: new Uint8Array(1) }], [], call(action));
      expect([await store.ownKeys(), (await store.all()).length]).toEqual([[], 1]);
      expect(worker.journal.isDue).toBe(true);
      await worker.journal.adopt("a", 1);
      expect(await saved(store)).toBeUndefined();
    },
  );

  it("stores no call that leaves the worker as it was", async () => {
    const store = memoryStore();
    const worker = new Worker(store);
    await worker.dump("a");
    for (const action of ["query", "get_status", "set", "dump_begin", "dump_page", "handover_offer"])
      await worker.journal.commit([], [], call(action));
    expect(await store.ownKeys()).toEqual(["base", "page/a/0"]);
  });

  it("begins no dump between a staged part and the call that uses it", async () => {
    const store = memoryStore();
    const worker = new Worker(store);
    await worker.journal.commit([], [], call("sync_header"));
    expect(worker.journal.isDue).toBe(true);
    await worker.dump("a");
    for (const action of ["stage_header", "stage_piece"]) {
      await worker.journal.commit([], [], call(action, action));
      worker.journal.begin("b");
      await worker.journal.adopt("b", 1);
      expect(await saved(store)).toEqual(
        ["stage_header", "stage_piece"].slice(0, action === "stage_piece" ? 2 : 1),
      );
    }
    expect(worker.journal.isDue).toBe(false);
  });

  it("keeps the last dump if another one began before the next dump was complete", async () => {
    const store = memoryStore();
    const worker = new Worker(store);
    await worker.dump("a");
    await worker.execute("1");
    worker.journal.begin("b");
    worker.journal.begin("c");
    await worker.journal.adopt("b", 1);
    expect(await saved(store)).toEqual(["1"]);
  });

  it("ends before a call that is too long to be stored with the others", async () => {
    const store = memoryStore();
    const worker = new Worker(store);
    await worker.dump("a");
    await worker.execute("1");
    await worker.journal.commit([], [], { action: "sync_block", body: { parts: [], length: 1 << 30 } });
    await worker.execute("2");
    expect([worker.journal.isDue, await saved(store)]).toEqual([true, ["1"]]);
  });

  it("is due once the calls are long, and longer than half of the dump", async () => {
    const worker = new Worker(memoryStore());
    await worker.dump("a");
    await worker.execute("x".repeat((16 << 20) - 100));
    expect(worker.journal.isDue).toBe(false);
    await worker.execute("x".repeat(100));
    expect(worker.journal.isDue).toBe(true);
    worker.journal.begin("b");
    await worker.journal.putPage("b", 0, "x".repeat(40 << 20));
    await worker.journal.adopt("b", 1);
    await worker.execute("x".repeat(18 << 20));
    expect(worker.journal.isDue).toBe(false);
    await worker.execute("x".repeat(2 << 20));
    expect(worker.journal.isDue).toBe(true);
  });
});
