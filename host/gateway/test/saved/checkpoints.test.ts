import { utf8 } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { openLog } from "../../src/log.ts";
import { Checkpoints } from "../../src/saved/checkpoints.ts";
import { Journal } from "../../src/saved/journal.ts";
import { memoryStore } from "../../src/testing/memory-store.ts";
import { Lines } from "../support/gateway.ts";

const replyOf = (payload: object, code?: string) => ({
  kind: "reply" as const,
  id: 0,
  cost: 0 as const,
  status: code === undefined ? 200 : 400,
  code,
  body: utf8(JSON.stringify({ payload: JSON.stringify(payload), signature: "00".repeat(64), status: "ok" })),
  statement: undefined,
  puts: [],
  drops: [],
});
const operators = (action: string) => ({ action });

/** A gateway whose enclave has dumps of two pages. */
function setUp() {
  const store = memoryStore();
  const journal = new Journal(store);
  const asked: string[] = [];
  const refuse = new Set<string>();
  let [now, dumps] = [0, 0];
  const checkpoints: Checkpoints = new Checkpoints({
    journal,
    log: openLog({ level: "silent", stream: new Lines() }),
    now: () => now,
    ask: async (action, { parts }) => {
      const { input } = JSON.parse(Buffer.concat(parts).toString()) as { input: { index?: number } };
      asked.push(`${action} ${input.index ?? ""}`.trim());
      if (refuse.has(action)) return replyOf({}, "executor/given-up");
      if (action === "dump_page") return replyOf({ last: input.index === 1, page: `page${input.index}` });
      const block = { hash: "00".repeat(32), number: 7 };
      const reply = replyOf({ id: `${dumps++}`.padStart(32, "0"), block });
      checkpoints.follow(reply, { action, ofGateway: true });
      return reply;
    },
  });
  return { store, journal, checkpoints, asked, refuse, wait: (ms: number) => (now += ms) };
}

describe("checkpoints", () => {
  it("take all pages of a dump when one is due, and no dump otherwise", async () => {
    const { store, journal, checkpoints, asked } = setUp();
    await Promise.all([checkpoints.consider(), checkpoints.consider()]);
    await checkpoints.consider();
    expect(asked).toEqual(["dump_begin", "dump_page 0", "dump_page 1"]);
    expect(journal.isDue).toBe(false);
    const pages: string[] = [];
    for await (const { page } of journal.pages()) pages.push(page);
    expect([pages, (await store.ownKeys()).length]).toEqual([["page0", "page1"], 3]);
  });

  it("leave an operator time for a dump of his own", async () => {
    const { checkpoints, asked, wait } = setUp();
    checkpoints.follow(replyOf({}), operators("dump_begin"));
    for (const _ of [1, 2]) {
      wait(29_000);
      checkpoints.follow(replyOf({}), operators("dump_page"));
    }
    wait(29_000);
    await checkpoints.consider();
    expect(asked).toEqual([]);
    wait(1_000);
    await checkpoints.consider();
    expect(asked.length).toBe(3);
  });

  it("try again after a while if the enclave refuses a page", async () => {
    const { store, checkpoints, asked, refuse, wait } = setUp();
    refuse.add("dump_page");
    for (const _ of [1, 2]) await checkpoints.consider();
    expect([asked, await store.ownKeys()]).toEqual([["dump_begin", "dump_page 0"], []]);
    refuse.clear();
    wait(30_000);
    await checkpoints.consider();
    expect((await store.ownKeys()).length).toBe(3);
  });

  it("are considered after a call that was answered, and not after one that was refused", () => {
    const { checkpoints, asked } = setUp();
    checkpoints.follow(replyOf({}, "headers/gap"), operators("sync_header"));
    expect(asked).toEqual([]);
    checkpoints.follow(replyOf({}), operators("sync_header"));
    expect(asked).toEqual(["dump_begin"]);
  });
});
