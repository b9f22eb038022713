import { setImmediate } from "node:timers/promises";
import type { EnclaveReply, FromEnclave } from "@pruntime/api";
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import { decodeStatement } from "@pruntime/core/statement";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { DataArea } from "../../trusted/executor/src/built-in/data-plaza/index.ts";
import { extrinsic2020, pushCommand2020 } from "../../trusted/runtime/test/support/tiny-chain.ts";
import { Desk } from "../src/desk.ts";
import { simulated } from "../src/producers/simulated.ts";
import { bodyInput, command, initialized, TinyChain } from "./support/chain.ts";
import { measurement, type Started, start } from "./support/enclave.ts";

/** A chain with two blocks of `commands` commands each. */
function grown(commands = 20): TinyChain {
  const chain = new TinyChain();
  for (const block of [1, 2]) {
    const payload = (i: number) => utf8(`{"Plain":"${block}/${i}"}`);
    const extrinsics = Array.from({ length: commands }, (_, i) =>
      extrinsic2020(pushCommand2020(2, payload(i))),
    );
    chain.grow({ extrinsics });
  }
  return chain;
}

/** A desk whose clock advances by `tickMs` each time it is read, and which runs `between` at each pause. */
function opened(
  started: Started,
  { tickMs = 4, between = () => undefined }: { tickMs?: number; between?: (pause: number) => void } = {},
) {
  const sent: FromEnclave[] = [];
  let [pauses, clock, id] = [0, 0, 0];
  const desk = new Desk(started.enclave, {
    send: async (message) => void sent.push({ cost: 0, ...message } as FromEnclave),
    pause: async () => {
      await Promise.resolve();
      between(++pauses);
    },
    now: () => {
      clock += tickMs;
      return clock;
    },
  });
  const take = (action: string, input: unknown = {}) =>
    desk.take({ id: ++id, action, waiting: 0, body: utf8(JSON.stringify({ input, nonce: {} })) });
  const wait = (ms: number): void => {
    clock += ms;
  };
  return { desk, sent, take, wait, pauses: () => pauses };
}

const totalIssuance = {
  query_payload: '{"Plain":"{\\"contract_id\\":2,\\"nonce\\":1,\\"request\\":\\"TotalIssuance\\"}"}',
  origin: null,
};
const body = (chain: TinyChain, number: number) => ({
  data: Buffer.from(chain.body(number).block).toString("base64"),
});
const replies = (sent: readonly FromEnclave[]) =>
  sent.filter((message): message is EnclaveReply => message.kind === "reply");
const dispatchedIn = ({ statement }: EnclaveReply): number =>
  decodeStatement(statement!.bytes).dispatchedNumber;

describe("between the slices of a long call", () => {
  it("status and queries are answered from the state before the call", async () => {
    const chain = grown();
    const { sent, take } = opened(initialized(start(), chain), {
      between: (pause) => {
        if (pause === 2) void take("get_status");
        if (pause === 3) void take("query", totalIssuance);
      },
    });
    await take("sync_block", body(chain, 1));
    await take("get_status");
    expect(replies(sent).map((reply) => [reply.id, reply.status, dispatchedIn(reply)])).toEqual([
      [2, 200, 0],
      [3, 200, 0],
      [1, 200, 1],
      [4, 200, 1],
    ]);
    expect(fromUtf8(replies(sent)[1]!.body)).toContain("total_issuance");
  });

  it("other long calls wait, in the order in which they came", async () => {
    const chain = grown();
    const { desk, sent, take } = opened(initialized(start(), chain), {
      between: (pause) => {
        if (pause !== 1) return;
        for (const number of [2, 1]) void take("sync_block", body(chain, number));
        void take("dump_states");
      },
    });
    void take("sync_block", body(chain, 1));
    await Promise.resolve();
    await desk.idle();
    await desk.idle();
    expect(replies(sent).map(({ id, status }) => [id, status])).toEqual([
      [1, 200],
      [2, 200],
      [3, 200],
      [4, 200],
    ]);
  });

  it("evidence is made while the call goes on, one quote at a time", async () => {
    const chain = grown(60);
    const real = simulated(portableCrypto, measurement);
    let [open, most] = [0, 0];
    const producer = {
      ...real,
      quote: async (data: Uint8Array) => {
        most = Math.max(most, ++open);
        await Promise.resolve();
        open--;
        return real.quote(data);
      },
    };
    const { desk, sent, take } = opened(initialized(start({ producer }), chain));
    void take("sync_block", body(chain, 1));
    for (let i = 0; i < 2; i++) void take("get_evidence", { nonce: "00".repeat(32) });
    await desk.idle();
    expect([most, replies(sent).map(({ id, status }) => [id, status])]).toEqual([
      1,
      [
        [2, 200],
        [3, 200],
        [1, 200],
      ],
    ]);
  });
});

describe("a justification that other threads verify", () => {
  it("is waited for, while status is answered", async () => {
    const chain = grown(1);
    let [verified, waits] = [false, 0];
    let ask = (): void => undefined;
    const verifyVotes: Crypto["ed25519"]["verifyVotes"] = function* (items) {
      waits++;
      ask();
      yield setImmediate().then(() => {
        verified = true;
      });
      for (const _ of items) yield verified;
    };
    const crypto: Crypto = { ...portableCrypto, ed25519: { ...portableCrypto.ed25519, verifyVotes } };
    const { desk, sent, take } = opened(initialized(start({ crypto }), chain), { tickMs: 0 });
    ask = () => void take("get_status");
    await take("sync_block", body(chain, 1));
    await desk.idle();
    expect(waits).toBe(1);
    expect(replies(sent).map((reply) => [reply.id, dispatchedIn(reply)])).toEqual([
      [2, 0],
      [1, 1],
    ]);
  });
});

describe("a reply that shows a call's changes", () => {
  it("follows the call's own reply, which carries the effects", async () => {
    const chain = grown(2_100); // so that units of the merge are left for later
    const started = initialized(start(), chain);
    const { desk, sent, take } = opened(started, {
      between: (pause) => {
        const isNew = started.enclave.runtime.status()!.chain.dispatched.number === 1;
        if (!isNew && pause % 500 !== 0) return;
        void take("get_status");
        void take("query", totalIssuance);
        void take("get_evidence", { nonce: "00".repeat(32) });
      },
      tickMs: 10, // a pause after each unit
    });
    await take("sync_block", body(chain, 1));
    await desk.idle();
    const order = replies(sent);
    const at = order.findIndex(({ id }) => id === 1);
    const [before, after] = [order.slice(0, at), order.slice(at + 1)];
    expect(order[at]!.puts.map(({ key }) => key)).toContain("mark");
    expect(new Set(before.map(dispatchedIn))).toEqual(new Set([0]));
    expect(new Set(after.map(dispatchedIn))).toEqual(new Set([1]));
  });

  it("never stands before it, at whatever moment the evidence for the reply arrives", async () => {
    const chain = grown(1);
    const real = simulated(portableCrypto, measurement);
    let steps = 0;
    const quote = async (data: Uint8Array) => {
      for (let i = 0; i < steps; i++) await Promise.resolve();
      return real.quote(data);
    };
    for (steps = 0; steps < 40; steps++) {
      const { desk, sent, take } = opened(initialized(start({ producer: { ...real, quote } }), chain));
      void take("get_evidence", { nonce: "00".repeat(32) });
      void take("sync_block", body(chain, 1));
      await desk.idle();
      const order = replies(sent).map((reply) => [reply.id, dispatchedIn(reply)]);
      expect([
        [
          [1, 0],
          [2, 1],
        ],
        [
          [2, 1],
          [1, 1],
        ],
      ]).toContainEqual(order);
    }
  });
});

describe("what a long call leaves to do", () => {
  const column = (rows: number): string => Buffer.from(`phone\n${"12345\n".repeat(rows)}`).toString("base64");

  /** A worker with an order for two files, of which it has the first. */
  function withOrder(): Started {
    const chain = new TinyChain();
    const listing = { name: "", category: "", description: "", dataset_preview: "", dataset_link: "d.csv" };
    const list = command(1, { List: { ...listing, price: { PerRow: { price: "0" } } } });
    const order = command(1, { OpenOrder: { item_id: 0, query_link: "q.csv" } });
    chain.grow({ extrinsics: [list, order] });
    const started = initialized(start(), chain);
    started.call("sync_block", bodyInput(chain, 1));
    started.call("set", { path: "d.csv", data: column(40_000) });
    return started;
  }

  it("is done by the next long call, which reports progress", async () => {
    const { desk, sent, take } = opened(withOrder(), { tickMs: 1_000 });
    void take("set", { path: "q.csv", data: column(40_000) });
    void take("get", { path: "/order/0" });
    await desk.idle();
    const told = sent.map((message) => `${message.kind} ${"id" in message ? message.id : ""}`);
    expect(told.indexOf("reply 1")).toBeLessThan(told.indexOf("progress 2"));
    expect(told.filter((text) => text === "progress 2").length).toBeGreaterThan(3);
    expect(replies(sent).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("is logged and ends the worker's service, if it has a bug", async () => {
    const started = withOrder();
    const join = vi.spyOn(DataArea.prototype, "joinWork").mockImplementation(function* () {
      yield;
      throw new TypeError("bug");
    });
    onTestFinished(() => join.mockRestore());
    const { sent, take } = opened(started);
    await take("set", { path: "q.csv", data: column(1) });
    await take("get_status");
    expect(sent.map(({ kind }) => kind)).toEqual(["reply", "log", "reply"]);
    expect(sent[1]).toMatchObject({ level: "error", code: "enclave/bug" });
    expect(replies(sent).map(({ statement }) => statement !== undefined)).toEqual([true, false]);
  });
});

describe("a slice", () => {
  it("ends after 5 ms, or after the time that the calls before it took, up to 40 ms", async () => {
    const pausesWith = async (betweenMs: number): Promise<number> => {
      const chain = grown(60);
      const started = initialized(start(), chain);
      const runtime = started.enclave.runtime;
      const desk = opened(started, {
        tickMs: 1,
        between: () => void desk.take("get_info"),
      });
      const status = runtime.status.bind(runtime);
      Object.defineProperty(runtime, "status", {
        value: () => {
          desk.wait(betweenMs);
          return status();
        },
      });
      await desk.take("sync_block", body(chain, 1));
      return desk.pauses();
    };
    const [none, some, much, more] = [
      await pausesWith(0),
      await pausesWith(19),
      await pausesWith(39),
      await pausesWith(500),
    ];
    expect(none).toBeGreaterThan(5);
    expect(Math.abs(none - 4 * some)).toBeLessThanOrEqual(4);
    expect(Math.abs(none - 8 * much)).toBeLessThanOrEqual(8);
    expect(more).toBe(much);
  });
});

describe("progress", () => {
  it("is reported once a second while a long call runs, and not for short calls", async () => {
    const chain = grown(40);
    const { sent, take, pauses } = opened(initialized(start(), chain), { tickMs: 250 });
    await take("get_status");
    await take("sync_block", body(chain, 1));
    const reports = sent.filter(({ kind }) => kind === "progress");
    expect(reports.length).toBeGreaterThan(5);
    expect(reports.length).toBeLessThanOrEqual(pauses() / 2);
    expect(new Set(reports.map((report) => report.kind === "progress" && report.id))).toEqual(new Set([2]));
    expect(sent.at(-1)).toMatchObject({ kind: "reply", id: 2, status: 200 });
  });
});

it("takes no more calls when the process is about to exit", async () => {
  const chain = grown();
  const started = initialized(start(), chain);
  const { desk, sent, take } = opened(started, {
    between: () => {
      started.enclave.life.ended = true;
    },
  });
  void take("sync_block", body(chain, 1));
  void take("dump_states");
  await desk.idle();
  await take("get_status");
  expect([desk.ended, replies(sent).map(({ id }) => id)]).toEqual([true, [1]]);
});
