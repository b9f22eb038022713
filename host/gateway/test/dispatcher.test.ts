import type { CallInParts, EnclaveReply } from "@pruntime/api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Call, Dispatcher, type DispatcherOptions } from "../src/enclave/dispatcher.ts";
import type { Lane } from "../src/enclave/lane.ts";
import { noBody } from "../src/http/body.ts";
import { RecentUse } from "../src/shares/recent-use.ts";

describe("Dispatcher", () => {
  const wide = { calls: 100, bytes: 1e6 };
  const setUp = (options: Partial<DispatcherOptions> = {}) => {
    const sent: CallInParts[] = [];
    const dispatcher = new Dispatcher({
      queues: {
        operator: { calls: 4, bytes: 1000 },
        status: { calls: 4, bytes: 1000 },
        public: { calls: 4, bytes: 1000 },
        evidence: { calls: 4, bytes: 1000 },
      },
      use: new RecentUse({ now: () => 0 }),
      silenceMs: 60_000,
      queueTimeoutMs: 60_000,
      keep: async () => undefined,
      hung: () => undefined,
      ...options,
    });
    const attach = () => dispatcher.attach((message) => sent.push(message));
    const ask = (lane: Lane, action: string, more: Partial<Call> = {}) =>
      dispatcher.call({ lane, networks: [], action, body: noBody, ...more }).then(
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
    cost: 0,
    status: 200,
    code: undefined,
    body: new Uint8Array(),
    statement: undefined,
    puts: [],
    drops: [],
  };

  it("serves public callers in turn", async () => {
    const { dispatcher, sent, attach, ask, answer } = setUp();
    attach();
    const all = [
      ask("public", "first"),
      ask("public", "a1", { networks: ["a"] }),
      ask("public", "a2", { networks: ["a"] }),
      ask("public", "b1", { networks: ["b"] }),
    ];
    for (let i = 0; i < all.length; i++) answer(i);
    expect(sent.map(({ action }) => action)).toEqual(["first", "a1", "b1", "a2"]);
    expect([await Promise.all(all), dispatcher.waiting("public")]).toEqual([all.map(() => "ok"), 0]);
  });

  it("sends queries, status and evidence beside a long call, but no other long call", async () => {
    const { dispatcher, sent, attach, ask, answer } = setUp();
    attach();
    const long = ask("operator", "dispatch_block");
    void ask("operator", "sync_header");
    const short = [ask("public", "query"), ask("status", "get_info"), ask("evidence", "get_evidence")];
    expect(sent.map(({ action }) => action)).toEqual(["dispatch_block", "query", "get_info", "get_evidence"]);
    for (const index of [2, 3, 1]) answer(index);
    expect(await Promise.all(short)).toEqual(["ok", "ok", "ok"]);
    expect([sent.length, dispatcher.waiting("operator")]).toEqual([4, 1]);
    answer(0);
    expect([await long, sent.at(-1)?.action]).toEqual(["ok", "sync_header"]);
  });

  it("has one call of a lane on the pipe at a time, so that a newcomer waits for one call at most", () => {
    const { sent, attach, ask, answer } = setUp();
    attach();
    for (const network of ["a", "b", "b"]) void ask("public", network, { networks: [network] });
    expect(sent.length).toBe(1);
    answer(0);
    void ask("public", "newcomer", { networks: ["c"] });
    answer(1);
    expect(sent.map(({ action }) => action)).toEqual(["a", "b", "newcomer"]);
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

  it("charges a caller by the class of the enclave's reply, in each of its networks", () => {
    const { sent, attach, ask, answer } = setUp();
    attach();
    void ask("public", "dear", { networks: ["w", "w/1"] });
    for (const network of ["w/2", "w/3"]) void ask("public", "dear", { networks: ["w", network] });
    for (let i = 0; i < 2; i++) void ask("public", "cheap", { networks: ["v"] });
    for (let i = 0; i < 5; i++) answer(i, { cost: sent[i]?.action === "dear" ? 3 : 0 });
    expect(sent.map(({ action }) => action)).toEqual(["dear", "cheap", "cheap", "dear", "dear"]);
  });

  it("charges a caller for calls that the enclave refuses, such as those that do not open or verify", () => {
    const { sent, attach, ask, answer } = setUp();
    attach();
    for (let i = 0; i < 2; i++) void ask("public", "refused", { networks: ["a"] });
    for (let i = 0; i < 2; i++) void ask("public", "answered", { networks: ["b"] });
    for (let i = 0; i < 4; i++) {
      const refused = sent[i]?.action === "refused";
      answer(i, refused ? { status: 400, code: "channel/bad-tag", cost: 1 } : {});
    }
    expect(sent.map(({ action }) => action)).toEqual(["refused", "answered", "answered", "refused"]);
  });

  it("tells the enclave with each call how many other networks wait", () => {
    const { sent, attach, ask, answer } = setUp();
    attach();
    for (const network of ["a", "a", "b", "c"]) void ask("public", "query", { networks: [network] });
    for (let i = 0; i < 4; i++) answer(i);
    expect(sent.map(({ waiting }) => waiting)).toEqual([0, 2, 1, 0]);
  });

  it("charges a caller for the bytes of bodies and replies", () => {
    const { sent, attach, ask, answer } = setUp({
      queues: { operator: wide, status: wide, public: wide, evidence: wide },
    });
    attach();
    const body = { parts: [], length: 100_000 };
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

  it("http/busy after waiting too long for a turn", async () => {
    const { attach, ask } = setUp({ queueTimeoutMs: 1 });
    attach();
    void ask("public", "sent");
    expect(await ask("public", "query")).toBe("http/busy");
  });

  it("http/enclave-down while no enclave is attached", async () => {
    expect(await setUp().ask("operator", "sync_header")).toBe("http/enclave-down");
  });

  it("fails every call when the enclave is lost, and names silence as the reason for one", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { dispatcher, attach, ask } = setUp({ silenceMs: 1_000, hung: () => dispatcher.detach() });
    attach();
    const silent = ask("operator", "dispatch_block");
    vi.advanceTimersByTime(500);
    const others = [ask("public", "on the pipe"), ask("public", "waits"), ask("operator", "waits")];
    vi.advanceTimersByTime(500);
    expect(await silent).toBe("http/enclave-timeout");
    expect(await Promise.all(others)).toEqual(others.map(() => "http/enclave-down"));
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

  describe("the watchdog", () => {
    const watched = () => {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const hung = vi.fn();
      const made = setUp({ silenceMs: 30_000, hung });
      made.attach();
      const progress = (index: number) =>
        made.dispatcher.progress({ kind: "progress", id: made.sent[index]!.id });
      return { ...made, hung, progress };
    };

    it("acts after 30 s of silence, not before", () => {
      const { ask, hung } = watched();
      void ask("operator", "dispatch_block");
      vi.advanceTimersByTime(29_999);
      expect(hung).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(hung).toHaveBeenCalledOnce();
    });

    it("starts again with each report of progress", () => {
      const { ask, hung, progress } = watched();
      void ask("operator", "dispatch_block");
      for (let i = 0; i < 10; i++) {
        vi.advanceTimersByTime(29_000);
        progress(0);
      }
      vi.advanceTimersByTime(29_999);
      expect(hung).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(hung).toHaveBeenCalledOnce();
    });

    it("does not act on a call that is answered or waits for its turn, or on an enclave that is lost", () => {
      const { dispatcher, ask, answer, hung, progress } = watched();
      void ask("operator", "dispatch_block");
      void ask("operator", "waits");
      vi.advanceTimersByTime(20_000);
      answer(0);
      vi.advanceTimersByTime(20_000);
      progress(1);
      vi.advanceTimersByTime(20_000);
      dispatcher.detach();
      vi.advanceTimersByTime(60_000);
      expect(hung).not.toHaveBeenCalled();
    });

    it("gateway/unexpected-message: progress of a call that is not on the pipe", () => {
      const { dispatcher } = watched();
      expect(() => dispatcher.progress({ kind: "progress", id: 7 })).toThrow("gateway/unexpected-message");
    });
  });
});
