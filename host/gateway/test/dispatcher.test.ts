import type { EnclaveReply, ToEnclave } from "@pruntime/api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Call, Dispatcher, type DispatcherOptions } from "../src/enclave/dispatcher.ts";
import type { Lane } from "../src/enclave/turns.ts";

describe("Dispatcher", () => {
  const wide = { calls: 100, bytes: 1e6 };
  const setUp = (options: Partial<DispatcherOptions> = {}) => {
    const sent: Extract<ToEnclave, { kind: "call" }>[] = [];
    const dispatcher = new Dispatcher({
      queues: {
        operator: { calls: 4, bytes: 1000 },
        public: { calls: 4, bytes: 1000 },
        evidence: { calls: 4, bytes: 1000 },
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
      dispatcher.call({ lane, networks: [], action, body: new Uint8Array(), ...more }).then(
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
      ask("public", "a1", { networks: ["a"] }),
      ask("public", "a2", { networks: ["a"] }),
      ask("public", "b1", { networks: ["b"] }),
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

  it("http/over-share for the caller that used most when the lane is full", async () => {
    const { attach, ask } = setUp();
    attach();
    void ask("public", "sent", { networks: ["z"] });
    const own = ["a", "a", "a", "b"].map((network) => ask("public", "query", { networks: [network] }));
    void ask("public", "query", { networks: ["c"] });
    expect(await own[2]).toBe("http/over-share");
    void ask("operator", "sync_header");
  });

  it("http/busy for the newest call when the operator's lane is full", async () => {
    const { attach, ask } = setUp();
    attach();
    for (let i = 0; i < 5; i++) void ask("operator", "sync_header");
    expect(await ask("operator", "sync_header")).toBe("http/busy");
  });

  it("charges a caller the enclave's milliseconds, in each of its networks", () => {
    let clock = 0;
    const { sent, attach, ask, answer } = setUp({ now: () => clock });
    attach();
    const costs: Record<string, number> = { dear: 50, cheap: 1 };
    void ask("public", "dear", { networks: ["w", "w/1"] });
    for (const network of ["w/2", "w/3"]) void ask("public", "dear", { networks: ["w", network] });
    for (let i = 0; i < 2; i++) void ask("public", "cheap", { networks: ["v"] });
    for (let i = 0; i < 5; i++) {
      clock += costs[sent[i]?.action ?? ""] ?? 0;
      answer(i);
    }
    expect(sent.map(({ action }) => action)).toEqual(["dear", "cheap", "cheap", "dear", "dear"]);
  });

  it("charges a caller for the bytes of bodies and replies", () => {
    const { sent, attach, ask, answer } = setUp({ queues: { operator: wide, public: wide, evidence: wide } });
    attach();
    const body = new Uint8Array(100_000);
    void ask("public", "sends", { networks: ["a"], body });
    void ask("public", "reads", { networks: ["b"] });
    void ask("public", "neither", { networks: ["c"] });
    answer(0);
    answer(1, { body: new Uint8Array(50_000) });
    answer(2);
    void ask("public", "sent", { networks: ["d"] });
    for (const network of ["a", "b", "c"]) void ask("public", network, { networks: [network] });
    for (let i = 3; i < 6; i++) answer(i);
    expect(sent.slice(4).map(({ action }) => action)).toEqual(["c", "b", "a"]);
  });

  it("charges a call in advance, so that a caller cannot take every place on the pipe", () => {
    const { sent, attach, ask, answer } = setUp({ window: 2 });
    attach();
    for (const network of ["y", "z", "a", "a", "b"]) void ask("public", network, { networks: [network] });
    for (let i = 0; i < 2; i++) answer(i);
    expect(sent.map(({ action }) => action)).toEqual(["y", "z", "a", "b"]);
  });

  it("charges a turn in advance too, whatever callers used before", () => {
    let clock = 0;
    const { sent, attach, ask, answer } = setUp({ window: 2, now: () => clock });
    attach();
    const costs = { b: 1_000, c: 1_000, y: 1, z: 1, a: 1 };
    const end = (index: number) => {
      clock += costs[sent[index]?.action as keyof typeof costs];
      answer(index);
    };
    for (const [index, network] of ["b", "c", "c"].entries()) {
      void ask("public", network, { networks: [network] });
      end(index);
    }
    for (const network of ["y", "z", "a", "a", "b"]) void ask("public", network, { networks: [network] });
    for (const index of [3, 4]) end(index);
    expect(sent.slice(5).map(({ action }) => action)).toEqual(["a", "b"]);
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
