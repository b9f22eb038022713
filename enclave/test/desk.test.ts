import type { EnclaveReply, FromEnclave } from "@pruntime/api";
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { decodeStatement } from "@pruntime/core/statement";
import { describe, expect, it } from "vitest";
import { extrinsic2020, pushCommand2020 } from "../../trusted/runtime/test/support/tiny-chain.ts";
import { Desk } from "../src/desk.ts";
import { simulated } from "../src/producers/simulated.ts";
import { initialized, TinyChain } from "./support/chain.ts";
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
    desk.take({ id: ++id, action, body: utf8(JSON.stringify({ input, nonce: {} })) });
  const wait = (ms: number): void => {
    clock += ms;
  };
  return { desk, sent, take, wait, pauses: () => pauses };
}

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
    const query = {
      query_payload: '{"Plain":"{\\"contract_id\\":2,\\"nonce\\":1,\\"request\\":\\"TotalIssuance\\"}"}',
    };
    const { sent, take } = opened(initialized(start(), chain), {
      between: (pause) => {
        if (pause === 2) void take("get_status");
        if (pause === 3) void take("query", { ...query, origin: null });
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

describe("a slice", () => {
  it("ends after 10 ms, or after the time that the calls before it took, up to 40 ms", async () => {
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
    expect(Math.abs(none - 2 * some)).toBeLessThanOrEqual(2);
    expect(Math.abs(none - 4 * much)).toBeLessThanOrEqual(4);
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
