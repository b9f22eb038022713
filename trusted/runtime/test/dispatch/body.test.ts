import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { Writer } from "@pruntime/core/scale";
import { describe, expect, it } from "vitest";
import { alice, bob } from "../support/devchain.ts";
import { extrinsic2020, pushCommand2020, TinyChain, unsigned2020 } from "../support/tiny-chain.ts";
import { answer, held, newRuntime, receipt, refusal, root, take } from "../support/worker.ts";

const transfer = (value: number, dest = bob.id) =>
  utf8(JSON.stringify({ Plain: JSON.stringify({ Transfer: { dest: toHex(dest), value: String(value) } }) }));
const command = (value: number, by = alice.id) => extrinsic2020(pushCommand2020(2, transfer(value)), by);
const timestamp = unsigned2020(new Writer().u8(1).u8(0).compact(1_575_000_000_000n).finish());

function started(chain: TinyChain) {
  const runtime = newRuntime();
  take(runtime, chain.init());
  return runtime;
}

const bobs = (runtime: ReturnType<typeof started>) =>
  answer(runtime, 2, { FreeBalance: { account: toHex(bob.id) } }, bob);
const balance = (value: number) => ({ FreeBalance: { balance: String(value) } });

describe("dispatch by bodies", () => {
  it("executes the commands of a finalized block, with receipts by the extrinsics' hashes", () => {
    const chain = new TinyChain();
    const [five, two] = [command(5), command(2)];
    chain.grow({ extrinsics: [timestamp, five, two] });
    const runtime = started(chain);
    expect(take(runtime, chain.body(1))).toEqual({ syncedTo: 1 });
    expect(bobs(runtime)).toEqual(balance(7));
    expect(
      [five, two].map((extrinsic) => receipt(runtime, portableCrypto.blake2b256(extrinsic), alice)),
    ).toEqual(["Ok", "Ok"]);
  });

  it("skips a known block, so a retry is safe", () => {
    const chain = new TinyChain();
    chain.grow({ extrinsics: [command(5)] });
    const runtime = started(chain);
    take(runtime, chain.body(1));
    const before = held(runtime);
    expect(take(runtime, chain.body(1))).toEqual({ syncedTo: 1 });
    expect(held(runtime)).toBe(before);
  });

  it("ignores other calls, other formats, account indices as senders, and inherents", () => {
    const chain = new TinyChain();
    const arguments_ = pushCommand2020(2, transfer(1));
    chain.grow({
      extrinsics: [
        timestamp,
        extrinsic2020(Uint8Array.of(6, 0)),
        extrinsic2020(new Uint8Array()),
        extrinsic2020(arguments_.subarray(0, 8), alice.id),
        extrinsic2020(new Uint8Array([...arguments_, 0]), alice.id),
        extrinsic2020(arguments_, 0xef),
        unsigned2020(arguments_),
        Uint8Array.of(4, 0x85),
        Uint8Array.of(0),
        command(3),
      ],
    });
    const runtime = started(chain);
    take(runtime, chain.body(1));
    expect(bobs(runtime)).toEqual(balance(3));
  });

  it("takes its time from the Timestamp inherent, and never goes back in time", () => {
    const chain = new TinyChain();
    const set = (ms: bigint) => new Writer().u8(1).u8(0).compact(ms).finish();
    const times: readonly (readonly [readonly Uint8Array[], bigint])[] = [
      [[], 0n],
      [[timestamp], 1_575_000_000_000n],
      [[unsigned2020(set(1n))], 1_575_000_000_000n],
      [[extrinsic2020(set(2_000_000_000_000n))], 1_575_000_000_000n], // signed: fails on the chain
      [[unsigned2020(set(2n ** 64n))], 1_575_000_000_000n],
      [[unsigned2020(set(1_650_000_000_000n).with(1, 1))], 1_575_000_000_000n], // another call of the pallet
      [[unsigned2020(set(1_650_000_000_000n).with(0, 2))], 1_575_000_000_000n], // a call of another pallet
      [[unsigned2020(set(1_600_000_000_000n)), unsigned2020(set(1_700_000_000_000n))], 1_600_000_000_000n],
    ];
    for (const [extrinsics] of times) chain.grow({ extrinsics });
    const runtime = started(chain);
    const read = times.map((_, i) => {
      take(runtime, chain.body(i + 1));
      return runtime.status()!.chain.dispatched.timeMs;
    });
    expect(read).toEqual(times.map(([, time]) => time));
  });

  it("gives workers with the same state key the same root, and others another root", () => {
    const chain = new TinyChain();
    for (let i = 1; i < 5; i++) chain.grow({ extrinsics: [command(i)] });
    const run = (key: number) => {
      const runtime = newRuntime(portableCrypto, new Uint8Array(32).fill(key));
      take(runtime, chain.init());
      for (let i = 1; i < 5; i++) take(runtime, chain.body(i));
      return root(runtime);
    };
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });
});

describe("bodies that are refused change nothing", () => {
  const chain = new TinyChain();
  const fork = new TinyChain();
  for (let i = 1; i < 4; i++) chain.grow({ extrinsics: [timestamp, command(i)] });
  for (let i = 1; i < 4; i++) fork.grow({ extrinsics: i === 1 ? chain.at(1).extrinsics : [command(100)] });
  const { extrinsics } = chain.at(1);

  it("dispatch/extrinsics-mismatch: a forged command in a validly finalized block", () => {
    const runtime = started(chain);
    for (const forged of [
      [...extrinsics, command(1000)],
      [command(1000)],
      [extrinsics[0]!, command(1, bob.id)],
      [...extrinsics].reverse(),
      extrinsics.slice(0, 1),
      [],
      [...extrinsics, extrinsics[1]!],
    ])
      expect(refusal(runtime, chain.body(1, { extrinsics: forged }))).toBe("dispatch/extrinsics-mismatch");
    expect(take(runtime, chain.body(1))).toEqual({ syncedTo: 1 });
    expect(bobs(runtime)).toEqual(balance(1));
  });

  it("dispatch/genesis-block: block 0 with commands", () => {
    const runtime = started(chain);
    const body = chain.body(0, { extrinsics: [command(1000)], justification: chain.justification(1) });
    expect(refusal(runtime, body)).toBe("dispatch/genesis-block");
    expect(refusal(runtime, chain.body(0, { justification: undefined }))).toBe("dispatch/genesis-block");
    expect(bobs(runtime)).toEqual(balance(0));
  });

  it.each([
    ["dispatch/missing-justification", "no justification", () => chain.body(1, { justification: undefined })],
    ["codec/truncated", "an empty justification", () => chain.body(1, { justification: new Uint8Array() })],
    [
      "finality/below-threshold",
      "only half of the votes",
      () => chain.body(1, { justification: chain.justification(1, 2) }),
    ],
    [
      "finality/wrong-target",
      "the next block's justification",
      () => chain.body(1, { justification: chain.justification(2) }),
    ],
    ["headers/gap", "a block before its turn", () => chain.body(2)],
    [
      "dispatch/bad-block",
      "a trailing byte",
      () => ({ kind: "body", block: new Uint8Array([...chain.body(1).block, 0]) }) as const,
    ],
    ["dispatch/bad-block", "no bytes", () => ({ kind: "body", block: new Uint8Array() }) as const],
  ])("%s: %s", (code, _, event) => {
    const runtime = started(chain);
    expect(refusal(runtime, event())).toBe(code);
    expect(take(runtime, chain.body(1))).toEqual({ syncedTo: 1 });
  });

  it("dispatch/bad-block: is reported before any other fault", () =>
    expect(refusal(newRuntime(), { kind: "body", block: new Uint8Array() })).toBe("dispatch/bad-block"));

  it("a refused block does not move the light client, which still accepts the right block", () => {
    const runtime = started(chain);
    expect(refusal(runtime, chain.body(1, { extrinsics: [command(9)] }))).toBe(
      "dispatch/extrinsics-mismatch",
    );
    for (let i = 1; i < 4; i++) expect(take(runtime, chain.body(i))).toEqual({ syncedTo: i });
  });

  it("headers/wrong-parent: a block of another fork", () => {
    const runtime = started(chain);
    take(runtime, chain.body(1));
    take(runtime, chain.body(2));
    expect(refusal(runtime, fork.body(3))).toBe("headers/wrong-parent");
    expect(refusal(runtime, fork.body(2))).toBe("headers/conflicts-finalized");
  });
});
