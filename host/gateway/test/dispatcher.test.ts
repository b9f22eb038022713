import type { EnclaveReply, ToEnclave } from "@pruntime/api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Call, Dispatcher, type DispatcherOptions } from "../src/enclave/dispatcher.ts";
import { FairQueue } from "../src/enclave/fair-queue.ts";
import type { Lane } from "../src/enclave/turns.ts";

describe("FairQueue", () => {
  it("serves its keys in turn, each in order", () => {
    const queue = new FairQueue<string>({ total: 9, perKey: 9 });
    for (const item of ["a1", "a2", "a3", "b1", "c1", "b2"]) queue.push(item.slice(0, 1), item);
    expect(Array.from({ length: 7 }, () => queue.shift())).toEqual([
      "a1",
      "b1",
      "c1",
      "a2",
      "b2",
      "a3",
      undefined,
    ]);
  });

  it("refuses items beyond its total limit and its limit per key, and later has room again", () => {
    const queue = new FairQueue<string>({ total: 3, perKey: 2 });
    expect(["a", "a", "a", "b", "c"].map((key) => queue.push(key, key))).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
    queue.shift();
    expect([queue.push("c", "c"), queue.size]).toEqual([true, 3]);
  });

  it("removes an item only while it waits", () => {
    const queue = new FairQueue<string>({ total: 3, perKey: 2 });
    queue.push("a", "x");
    expect([queue.remove("a", "y"), queue.remove("a", "x"), queue.remove("a", "x"), queue.size]).toEqual([
      false,
      true,
      false,
      0,
    ]);
  });
});

describe("Dispatcher", () => {
  const setUp = (options: Partial<DispatcherOptions> = {}) => {
    const sent: Extract<ToEnclave, { kind: "call" }>[] = [];
    const dispatcher = new Dispatcher({
      queues: {
        operator: { total: 4, perKey: 4 },
        public: { total: 4, perKey: 3 },
        evidence: { total: 4, perKey: 4 },
      },
      now: () => 0,
      window: 1,
      callTimeoutMs: 60_000,
      queueTimeoutMs: 60_000,
      keep: async () => undefined,
      hung: () => undefined,
      ...options,
    });
    const attach = () => dispatcher.attach((message) => message.kind === "call" && sent.push(message));
    const ask = (lane: Lane, action: string, more: Partial<Call> = {}) =>
      dispatcher.call({ lane, caller: "", action, body: new Uint8Array(), ...more }).then(
        () => "ok",
        (error: Error) => error.message,
      );
    const answer = (index: number, fields: Partial<EnclaveReply> = {}) =>
      dispatcher.accept({ ...empty, id: sent[index]?.id ?? 0, ...fields });
    return { dispatcher, sent, attach, ask, answer };
  };
  const empty: EnclaveReply = {
    kind: "reply",
    id: 0,
    status: 200,
    code: undefined,
    body: new Uint8Array(),
    statement: undefined,
    puts: [],
    drops: [],
  };

  it("serves lanes of equal cost in turn, and public callers in turn", async () => {
    const { dispatcher, sent, attach, ask, answer } = setUp();
    attach();
    const all = [
      ask("public", "first"),
      ask("public", "a1", { caller: "a" }),
      ask("public", "a2", { caller: "a" }),
      ask("public", "b1", { caller: "b" }),
      ask("operator", "s1"),
      ask("operator", "s2"),
    ];
    for (let i = 0; i < all.length; i++) answer(i);
    expect(sent.map(({ action }) => action)).toEqual(["first", "s1", "a1", "s2", "b1", "a2"]);
    expect([await Promise.all(all), dispatcher.waiting("public")]).toEqual([all.map(() => "ok"), 0]);
  });

  it("shares the enclave's time, not its calls, among the lanes", () => {
    let clock = 0;
    const { sent, attach, ask, answer } = setUp({ now: () => clock });
    attach();
    void ask("operator", "boot"); // the time that a lane used alone must not count for or against it later
    clock += 500;
    answer(0);
    const costMs: Record<string, number> = { quote: 100, query: 10, sync: 20 };
    let next = 1;
    const counts: Record<string, number> = {};
    const lanes = { quote: "evidence", query: "public", sync: "operator" } as const;
    const refill = () => {
      for (const action of ["quote", "query", "sync"] as const) void ask(lanes[action], action);
    };
    for (let i = 0; i < 3; i++) refill();
    for (; clock < 3_500; next++) {
      const action = sent[next]?.action ?? "";
      clock += costMs[action] ?? 0;
      counts[action] = (counts[action] ?? 0) + (costMs[action] ?? 0);
      answer(next);
      void ask(lanes[action as keyof typeof lanes], action);
    }
    for (const ms of Object.values(counts)) expect(Math.abs(ms - 1000)).toBeLessThanOrEqual(120);
  });

  it("sends no more than its window", () => {
    const { sent, attach, ask, answer } = setUp({ window: 2 });
    attach();
    for (let i = 0; i < 4; i++) void ask("operator", "sync_header");
    expect(sent.length).toBe(2);
    answer(0);
    expect(sent.length).toBe(3);
  });

  it("http/busy when a lane is full, while another lane has room", async () => {
    const { attach, ask } = setUp();
    attach();
    void ask("public", "sent", { caller: "z" });
    for (const caller of ["a", "a", "a", "b"]) void ask("public", "query", { caller });
    expect(await ask("public", "query", { caller: "c" })).toBe("http/busy");
    void ask("operator", "sync_header");
  });

  it("http/busy when one caller has reached its limit, while others have room", async () => {
    const { attach, ask } = setUp();
    attach();
    void ask("public", "sent", { caller: "z" });
    for (let i = 0; i < 3; i++) void ask("public", "query", { caller: "a" });
    expect(await ask("public", "query", { caller: "a" })).toBe("http/busy");
    void ask("public", "query", { caller: "b" });
  });

  it("http/busy after waiting too long for a turn", async () => {
    const { attach, ask } = setUp({ queueTimeoutMs: 1 });
    attach();
    void ask("public", "sent");
    expect(await ask("public", "query")).toBe("http/busy");
  });

  it("http/enclave-down while no enclave is attached", async () => {
    expect(await setUp().ask("operator", "sync_header")).toBe("http/enclave-down");
  });

  it("fails every call when the enclave is lost, and gives the reason to the call in progress", async () => {
    const { dispatcher, attach, ask } = setUp({ window: 2 });
    attach();
    const all = [ask("public", "busy"), ask("public", "next"), ask("operator", "waits")];
    dispatcher.detach("http/enclave-timeout");
    expect(await Promise.all(all)).toEqual([
      "http/enclave-timeout",
      "http/enclave-down",
      "http/enclave-down",
    ]);
  });

  it("does not send a call that its caller has withdrawn", async () => {
    const { sent, attach, ask, answer } = setUp();
    attach();
    const gone = new AbortController();
    void ask("public", "sent");
    void ask("public", "given-up", { signal: gone.signal });
    void ask("public", "next");
    gone.abort();
    void ask("public", "given-up-before", { signal: gone.signal });
    answer(0);
    expect(sent.map(({ action }) => action)).toEqual(["sent", "next"]);
  });

  it.each<[string, Partial<EnclaveReply>]>([
    ["another id", { id: 77 }],
    ["a status below 200", { status: 100 }],
    ["a status above 599", { status: 600 }],
    ["an invalid code", { code: "a/b\n" }],
  ])("gateway/unexpected-message: %s", (_title, fields) => {
    const { attach, ask, answer } = setUp();
    attach();
    void ask("public", "query");
    expect(() => answer(0, fields)).toThrow("gateway/unexpected-message");
  });

  it("gateway/unexpected-message: a reply to an unknown call", () => {
    const { attach, answer } = setUp();
    attach();
    expect(() => answer(0)).toThrow("gateway/unexpected-message");
  });

  it("answers in order, however long storing takes, and continues after a failure", async () => {
    const order: string[] = [];
    let keepFirst: (error: Error) => void = () => undefined;
    const first = new Promise<void>((_, reject) => {
      keepFirst = reject;
    });
    let kept = 0;
    const { dispatcher, attach, ask, answer } = setUp({
      window: 2,
      keep: () => (kept++ === 0 ? first : Promise.resolve()),
    });
    attach();
    void ask("operator", "init_runtime").then((result) => order.push(result));
    void ask("public", "query").then((result) => order.push(result));
    answer(0);
    answer(1);
    keepFirst(new Error("disk full"));
    await dispatcher.settled();
    await Promise.resolve();
    expect(order).toEqual(["http/store-failed", "ok"]);
  });

  it("reports a call that takes too long, timed from the previous answer", async () => {
    const hung = await new Promise<number>((resolve) => {
      const { sent, attach, ask, answer } = setUp({
        window: 2,
        callTimeoutMs: 1,
        hung: () => resolve(sent.length),
      });
      attach();
      void ask("public", "query");
      void ask("public", "query");
      answer(0);
    });
    expect(hung).toBe(2);
  });

  it("gives a call the longer time limit that it names", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const hung = vi.fn();
    const { attach, ask } = setUp({ callTimeoutMs: 1_000, hung });
    attach();
    void ask("operator", "dispatch_block", { timeoutMs: 50_000 });
    vi.advanceTimersByTime(49_999);
    expect(hung).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(hung).toHaveBeenCalledOnce();
  });
});
