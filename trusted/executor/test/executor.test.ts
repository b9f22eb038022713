import { concat, fromHex, fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { hkdfExpand, portableCrypto } from "@pruntime/core/crypto";
import { CodecError } from "@pruntime/core/scale";
import { Trie } from "@pruntime/core/trie";
import { complete, type Work } from "@pruntime/core/work";
import type { Status } from "@pruntime/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  builtInContracts,
  type CommandOutcome,
  type Contract,
  ContractError,
  type ContractId,
  type Executor,
  type OpenedCommand,
  type Service,
  type State,
  type StateView,
} from "../src/index.ts";
import {
  alice,
  aliceHex,
  ask,
  balanceOf,
  bob,
  bobHex,
  carol,
  carolHex,
  code,
  command,
  encodeState,
  loadState,
  newExecutor,
  run,
  stateKey,
  status,
  transfer,
} from "./kit.ts";

const none = new Uint8Array(32);
const x = "x";

/**
 * A contract whose functions the test provides. If `query` is not given, the contract answers with the text
 * under `x`, as JSON.
 */
function contract(
  id: ContractId,
  command: (state: State, input: string) => Status | CommandOutcome,
  query?: Contract["query"],
): Contract {
  return {
    id,
    command: (_, state, input) => {
      const ended = command(state, fromUtf8(input));
      return typeof ended === "string" ? { status: ended, output: new Uint8Array(), events: [] } : ended;
    },
    query: query ?? ((_, state) => utf8(JSON.stringify(fromUtf8(state.get(x) ?? utf8("nothing"))))),
    checkEntry: (key) => key === "x",
  };
}

function write(state: State, text: string): Status {
  state.set(x, utf8(text));
  return "Ok";
}

describe("a command commits completely or not at all", () => {
  const bug = new TypeError("bug");
  const failing = (end: () => Status) =>
    newExecutor({
      contracts: [
        contract(9, (state, input) => {
          write(state, "half");
          state.delete("y");
          return input === '"well"' ? "Ok" : end();
        }),
      ],
    });

  it.each([
    ["BadCommand", () => "BadCommand"],
    [
      "UnknownError",
      () => {
        throw new CodecError({ code: "codec/out-of-range", type: "u8" });
      },
    ],
    ["InsufficientBalance", () => "InsufficientBalance"],
  ] as [Status, () => Status][])("%s midway leaves only the receipt", (wanted, end) => {
    const executor = failing(end);
    const reference = newExecutor({ contracts: [contract(9, () => wanted)] });
    const given = command({ contractId: 9, json: "ill" });
    for (const each of [executor, reference]) {
      const batch = each.begin();
      expect(batch.execute(given).receipt.status).toBe(wanted);
      batch.endBlock(1);
      batch.commit();
    }
    expect(ask(executor, 9, null)).toBe('"nothing"');
    expect(executor.stateRoot).toEqual(reference.stateRoot);
    expect(encodeState(executor)).toEqual(encodeState(reference));
  });

  it("a bug propagates and leaves no trace, and the batch continues", () => {
    const executor = failing(() => {
      throw bug;
    });
    const batch = executor.begin();
    expect(() => batch.execute(command({ contractId: 9, json: "ill" }))).toThrow(bug);
    batch.endBlock(1);
    batch.commit();
    expect(executor.stateRoot).toEqual(newExecutor({ contracts: [] }).stateRoot);
    run(executor, { contractId: 9, json: "well" });
    expect(ask(executor, 9, null)).toBe('"half"');
  });

  it("sees the writes of earlier commands, in its block and the previous one", () => {
    const executor = newExecutor();
    const batch = executor.begin();
    expect(batch.execute(command({ json: transfer(bob, 3n) })).receipt.status).toBe("Ok");
    expect(batch.execute(command({ json: transfer(carol, 2n), sender: bob })).receipt.status).toBe("Ok");
    batch.endBlock(1);
    expect(batch.execute(command({ json: transfer(carol, 2n), sender: bob })).receipt.status).toBe(
      "InsufficientBalance",
    );
    expect(batch.execute(command({ json: transfer(alice, 2n), sender: carol })).receipt.status).toBe("Ok");
    batch.endBlock(1);
    batch.commit();
    expect(balanceOf(executor, carol)).toBe('{"FreeBalance":{"balance":"0"}}');
  });
});

describe("a batch", () => {
  it("is invisible before it commits, and leaves no trace if dropped", () => {
    const executor = newExecutor();
    const before = [executor.stateRoot, encodeState(executor)];
    const batch = executor.begin();
    batch.execute(command({ json: transfer(bob, 1n) }));
    expect(batch.endBlock(1)).not.toEqual(before[0]);
    expect(balanceOf(executor, bob)).toBe('{"FreeBalance":{"balance":"0"}}');
    expect([executor.stateRoot, encodeState(executor)]).toEqual(before);
    executor.begin().commit();
    expect([executor.stateRoot, encodeState(executor)]).toEqual(before);
  });

  it("executor/batch-closed: after its commit, another begin, or a load", () => {
    const executor = newExecutor();
    const committed = executor.begin();
    committed.commit();
    const dropped = executor.begin();
    const replaced = executor.begin();
    loadState(executor, encodeState(executor));
    for (const batch of [committed, dropped, replaced]) {
      expect(() => batch.execute(command({ json: transfer(bob, 1n) }))).toThrow(
        code("executor/batch-closed"),
      );
      expect(() => batch.endBlock(1)).toThrow(code("executor/batch-closed"));
      expect(() => batch.commit()).toThrow(code("executor/batch-closed"));
    }
    expect(encodeState(executor)).toEqual(encodeState(newExecutor()));
  });

  it("commits only the blocks that have ended", () => {
    const [one, two] = [newExecutor(), newExecutor()];
    const given = command({ json: transfer(bob, 1n) });
    const [a, b] = [one.begin(), two.begin()];
    for (const batch of [a, b]) {
      batch.execute(given);
      batch.endBlock(1);
    }
    b.execute(command({ json: transfer(carol, 1n) }));
    for (const batch of [a, b]) batch.commit();
    expect(encodeState(two)).toEqual(encodeState(one));
  });
});

describe("the state root", () => {
  it("is the trie of MAC(path) → MAC(leaf) over all entries", () => {
    const executor = newExecutor({ contracts: [contract(9, (state) => write(state, "value"))] });
    const given = command({ contractId: 9, json: 1 });
    const batch = executor.begin();
    batch.execute(given);
    batch.endBlock(1);
    batch.commit();
    const keyOf = (label: string) => hkdfExpand(portableCrypto, stateKey, utf8(`pruntime/${label}/1`), 32);
    const entry = (path: Uint8Array, value: Uint8Array) => {
      const leaf = concat(Uint8Array.of(0, path.length, 0, 0, 0), path, value);
      return [
        portableCrypto.hmacSha256(keyOf("state-path"), path),
        portableCrypto.hmacSha256(keyOf("state-leaf"), leaf),
      ] as const;
    };
    const receipt = fromHex(`${aliceHex}0100000000090000000431${"00"}`);
    const entries = [
      entry(utf8("\0\u0009\0\0\0x"), utf8("value")),
      entry(utf8(`\0\0\0\0\0receipt/${toHex(given.txHash)}`), receipt),
      entry(utf8("\0\0\0\0\0receipts-of/1/0"), concat(Uint8Array.of(4), given.txHash, alice)),
      entry(utf8("\0\0\0\0\0oldest-receipts"), Uint8Array.of(1, 0, 0, 0)),
    ];
    expect(executor.stateRoot).toEqual(
      Trie.from({ hash: portableCrypto.blake2b256, version: 0 }, entries).root,
    );
  });

  it("covers the contracts' initial state and the key", () => {
    const root = toHex(newExecutor().stateRoot);
    expect(toHex(newExecutor().stateRoot)).toBe(root);
    expect(toHex(newExecutor({ stateKey: new Uint8Array(32) }).stateRoot)).not.toBe(root);
    expect(toHex(newExecutor({ contracts: [] }).stateRoot)).not.toBe(root);
    expect(
      toHex(
        newExecutor({ contracts: builtInContracts({ kind: "development" }).contracts.slice(1, 3) }).stateRoot,
      ),
    ).not.toBe(root);
  });

  it("changes with every command, if only by its receipt, but not with an empty block or a query", () => {
    const executor = newExecutor();
    const roots = new Set([toHex(executor.stateRoot)]);
    for (const json of [transfer(bob, 1n), transfer(alice, 1n), null]) {
      run(executor, { json });
      roots.add(toHex(executor.stateRoot));
    }
    expect(roots.size).toBe(4);
    run(executor);
    ask(executor, 2, "TotalIssuance");
    expect(roots.has(toHex(executor.stateRoot))).toBe(true);
  });

  it("is returned as a copy", () => {
    const executor = newExecutor();
    executor.stateRoot.fill(0);
    expect(executor.stateRoot).not.toEqual(none);
  });

  it("does not change if the caller wipes the array with the key", () => {
    const key = stateKey.slice();
    const executor = newExecutor({ stateKey: key });
    key.fill(0);
    const given = { json: transfer(bob, 1n), txHash: none };
    const other = newExecutor();
    run(executor, given);
    run(other, given);
    expect(executor.stateRoot).toEqual(other.stateRoot);
  });
});

const people = [alice, bob, carol];
const hexes = [aliceHex, bobHex, carolHex];
const amount = fc.bigInt({ min: 0n, max: 2n ** 50n }).map(String);
const id = fc.integer({ min: 0, max: 4 });
const json: fc.Arbitrary<[number, unknown]> = fc.oneof(
  fc.tuple(
    fc.constantFrom(2),
    fc.record({ Transfer: fc.record({ dest: fc.constantFrom(...hexes), value: amount }) }),
  ),
  fc.tuple(
    fc.constantFrom(3),
    fc.record({ Issue: fc.record({ symbol: fc.constantFrom("A", "a", "B", "-"), total: amount }) }),
  ),
  fc.tuple(fc.constantFrom(3), fc.record({ Destroy: fc.record({ id }) })),
  fc.tuple(
    fc.constantFrom(3),
    fc.record({ Transfer: fc.record({ id, dest: fc.constantFrom(...hexes), value: amount }) }),
  ),
  fc.tuple(fc.constantFrom(1), fc.record({ OpenOrder: fc.record({ item_id: id, query_link: fc.string() }) })),
  fc.tuple(fc.integer({ min: 0, max: 5 }), fc.jsonValue()),
);
const openedCommands: fc.Arbitrary<OpenedCommand[]> = fc
  .array(fc.tuple(json, fc.constantFrom(...people), fc.boolean()), { maxLength: 25 })
  .map((commands) =>
    commands.map(([[contractId, value], sender, opens], i) => ({
      ...command({ contractId, sender, block: { number: i, timeMs: BigInt(i) }, index: i }),
      text: opens || i % 5 > 0 ? JSON.stringify(value) : undefined,
    })),
  );

/** Runs the commands, one per block, in batches of at most `size` blocks. */
function inBatches(
  commands: readonly OpenedCommand[],
  size: number,
): { executor: Executor; roots: Uint8Array[]; receipts: unknown[] } {
  const executor = newExecutor();
  const [roots, receipts]: [Uint8Array[], unknown[]] = [[], []];
  for (let at = 0; at < commands.length; at += size) {
    const batch = executor.begin();
    for (const each of commands.slice(at, at + size)) {
      receipts.push(batch.execute(each).receipt);
      roots.push(batch.endBlock(each.block.number));
    }
    batch.commit();
  }
  return { executor, roots, receipts };
}

describe("determinism", () => {
  it("same commands: same roots, receipts and state, for any batch size and across a dump", () => {
    fc.assert(
      fc.property(openedCommands, fc.integer({ min: 1, max: 7 }), (commands, size) => {
        const [one, other] = [inBatches(commands, 1), inBatches(commands, size)];
        expect(other.roots).toEqual(one.roots);
        expect(other.receipts).toEqual(one.receipts);
        expect(encodeState(other.executor)).toEqual(encodeState(one.executor));
        const loaded = newExecutor();
        loadState(loaded, encodeState(one.executor));
        expect(loaded.stateRoot).toEqual(one.executor.stateRoot);
        const more = command({ json: transfer(bob, 1n) });
        for (const executor of [loaded, other.executor]) {
          const batch = executor.begin();
          batch.execute(more);
          batch.endBlock(1);
          batch.commit();
        }
        expect(loaded.stateRoot).toEqual(other.executor.stateRoot);
      }),
      { numRuns: 40 },
    );
  });

  const anyBytes = fc.oneof(fc.oneof(fc.string({ unit: "binary" }), fc.json()).map(utf8), fc.uint8Array());

  it("any input gives a receipt and never throws", () => {
    const executor = newExecutor();
    fc.assert(
      fc.property(anyBytes, fc.integer({ min: 0, max: 4 }), (input, contractId) => {
        const batch = executor.begin();
        expect(batch.execute(command({ input, contractId })).receipt.status).not.toBe("Ok");
      }),
    );
  });

  it("any request gives an answer or contract/bad-request", () => {
    const executor = newExecutor();
    fc.assert(
      fc.property(
        anyBytes,
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        (request, contractId, anonymous) => {
          try {
            executor.query(anonymous ? undefined : alice, contractId, request);
          } catch (error) {
            expect(error).toEqual(code("contract/bad-request"));
          }
        },
      ),
    );
  });
});

describe("query", () => {
  it("is undefined if the contract does not exist", () =>
    expect(newExecutor().query(alice, 77, utf8('"GetItems"'))).toBe(undefined));

  it("cannot write: its state has no setters and returns copies", () => {
    const executor = newExecutor({
      contracts: [
        contract(
          9,
          (state) => write(state, "kept"),
          (_, state) => {
            expect(reachable(state)).toEqual(["constructor", "get"]);
            state.get(x)?.fill(0);
            return new Uint8Array();
          },
        ),
      ],
    });
    status(executor, 9, 1);
    const before = encodeState(executor);
    ask(executor, 9, null);
    expect(encodeState(executor)).toEqual(before);
  });

  it("a bug in it propagates", () => {
    const bug = new TypeError("bug");
    const executor = newExecutor({
      contracts: [
        contract(
          9,
          () => "Ok",
          () => {
            throw bug;
          },
        ),
      ],
    });
    expect(() => executor.query(undefined, 9, none)).toThrow(bug);
  });
});

describe("contracts", () => {
  it("cannot reach each other's state", () => {
    const other = contract(1, (state) => write(state, "1"));
    const executor = newExecutor({ contracts: [other, contract(11, (state) => write(state, "11"))] });
    status(executor, 1, 0);
    expect(ask(executor, 11, null)).toBe('"nothing"');
    status(executor, 11, 0);
    expect([ask(executor, 1, null), ask(executor, 11, null)]).toEqual(['"1"', '"11"']);
  });

  it("stored bytes are independent of the contract's array", () => {
    const value = utf8("kept");
    const executor = newExecutor({
      contracts: [
        contract(9, (state) => {
          state.set(x, value);
          value.fill(0x21);
          state.get(x)?.fill(0);
          return "Ok";
        }),
      ],
    });
    status(executor, 9, 0);
    expect(ask(executor, 9, null)).toBe('"kept"');
  });

  it.each(["", "k".repeat(257), "\u0100"])("contract/bad-key: %j", (key) => {
    const read = contract(
      9,
      () => "Ok",
      (_, state) => state.get(key) ?? none,
    );
    const executor = newExecutor({ contracts: [read] });
    expect(() => executor.query(undefined, 9, none)).toThrow(code("contract/bad-key"));
  });

  it.each(["\0", "\xff", "\n", "\0".repeat(256)])("a key is any 1 to 256 bytes: %j", (key) => {
    const kept = contract(
      9,
      (state) => {
        state.set(key, utf8("kept"));
        return "Ok";
      },
      (_, state) => state.get(key) ?? none,
    );
    const executor = newExecutor({ contracts: [kept] });
    status(executor, 9, 0);
    expect(executor.query(undefined, 9, none)).toEqual(utf8("kept"));
  });

  it("are identified by a number or an address, and cannot reach each other's state", () => {
    const address = new Uint8Array(32).fill(9);
    const ids = [9, address, new Uint8Array(32)];
    const executor = newExecutor({
      contracts: ids.map((id, i) => contract(id, (state) => write(state, String(i)))),
    });
    for (const id of [9, address.slice()]) expect(status(executor, id, 0)).toBe("Ok");
    expect(ids.map((id) => ask(executor, id, null))).toEqual(['"0"', '"1"', '"nothing"']);
    expect(status(executor, new Uint8Array(32).fill(8), 0)).toBe("BadContractId");
    const loaded = newExecutor({ contracts: ids.map((id) => contract(id, () => "Ok")) });
    loadState(loaded, encodeState(executor));
    expect(ask(loaded, address, null)).toBe('"1"');
    expect(loaded.stateRoot).toEqual(executor.stateRoot);
  });

  it("return output and events; a rolled-back command emits no events", () => {
    const [output, events] = [Uint8Array.of(1), [Uint8Array.of(2), Uint8Array.of(3)]];
    const executor = newExecutor({
      contracts: [
        contract(9, (_, input) => ({ status: input === "1" ? "Ok" : "NoBalance", output, events })),
      ],
    });
    const batch = executor.begin();
    expect(batch.execute(command({ contractId: 9, json: 1 }))).toMatchObject({ output, events });
    expect(batch.execute(command({ contractId: 9, json: 2 }))).toMatchObject({ output, events: [] });
  });

  it.each([0, 9, new Uint8Array(32)])("executor/duplicate-contract: %j", (id) => {
    const twice = [
      contract(9, () => "Ok"),
      contract(new Uint8Array(32), () => "Ok"),
      contract(id, () => "Ok"),
    ];
    expect(() => newExecutor({ contracts: twice })).toThrow(code("executor/duplicate-contract"));
  });
});

describe("a service", () => {
  const bug = new ContractError({ code: "contract/missing-entry", key: "x" });

  /**
   * An executor with contract 9 and a service that records the contract's states in `shown`. The service
   * refuses to commit the state `666`, and to load the state `bad`.
   */
  function watched(): { readonly executor: Executor; readonly shown: string[] } {
    const shown: string[] = [];
    const said = (state: StateView) => fromUtf8(state.get(x) ?? utf8("nothing"));
    function* show(text: string): Work<void> {
      yield;
      shown.push(text);
    }
    const service: Service = {
      contract: 9,
      *committing(state) {
        yield;
        if (said(state) === "666") throw bug;
        return show(said(state));
      },
      *replacing(state) {
        yield;
        if (said(state) === "bad") throw bug;
        return show(`loaded ${said(state)}`);
      },
    };
    const contracts = [contract(9, (state, input) => write(state, input))];
    return { executor: newExecutor({ contracts, services: [service] }), shown };
  }

  it("sees its contract's state at the start and when a batch commits, not before", () => {
    const { executor, shown } = watched();
    const batch = executor.begin();
    batch.execute(command({ contractId: 9, json: 1 }));
    batch.endBlock(1);
    expect(shown).toEqual(["nothing"]);
    batch.commit();
    executor.begin().execute(command({ contractId: 9, json: 2 }));
    run(executor, { contractId: 9, json: 3 });
    expect(shown).toEqual(["nothing", "1", "3"]);
  });

  it("follows a batch that commits in units after the batch is part of the state", () => {
    const { executor, shown } = watched();
    const batch = executor.begin();
    batch.execute(command({ contractId: 9, json: 1 }));
    batch.endBlock(1);
    const commit = complete(batch.commitWork());
    expect(shown).toEqual(["nothing"]);
    complete(commit);
    expect(shown).toEqual(["nothing", "1"]);
  });

  it("may refuse what a batch is about to commit, which then changes nothing", () => {
    const { executor, shown } = watched();
    run(executor, { contractId: 9, json: 1 });
    const before = [executor.stateRoot, encodeState(executor)];
    const batch = executor.begin();
    batch.execute(command({ contractId: 9, json: 666 }));
    batch.endBlock(1);
    expect(() => batch.commit()).toThrow(code("contract/missing-entry"));
    expect([executor.stateRoot, encodeState(executor)]).toEqual(before);
    run(executor, { contractId: 9, json: 2 });
    expect(shown).toEqual(["nothing", "1", "2"]);
  });

  it("may refuse a state before it is loaded, and sees it afterwards", () => {
    const [{ executor, shown }, other] = [watched(), watched()];
    for (const text of ["good", "bad"]) {
      status(other.executor, 9, 0);
      run(other.executor, { contractId: 9, text });
      const before = executor.stateRoot;
      if (text === "good") loadState(executor, encodeState(other.executor));
      else {
        expect(() => loadState(executor, encodeState(other.executor))).toThrow(bug);
        expect(executor.stateRoot).toEqual(before);
      }
    }
    expect(shown).toEqual(["nothing", "loaded good"]);
  });
});

/** The sorted names of all properties of a view, its own and its prototype's. */
function reachable(view: object): readonly string[] {
  const names = [view, Object.getPrototypeOf(view) as object].flatMap((one) =>
    Object.getOwnPropertyNames(one),
  );
  return names.sort();
}
