import { to0x } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { extrinsicsRoot } from "@pruntime/core/extrinsics";
import { storagePrefix } from "@pruntime/core/storage-key";
import { devAccounts, InvalidTransaction } from "@pruntime/devchain";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockHashCount } from "../src/pallets/system.ts";
import { eventNames, eventsOf, growTo, manualChain } from "./support/chain.ts";
import { nonceOf, pushCommand, remarkWithEvent, signed, transfer } from "./support/extrinsic.ts";
import { type Scheme, signer } from "./support/keys.ts";

const [alice, bob] = [signer("Alice"), signer("Bob")];
const command = pushCommand(7, Uint8Array.of(1, 2, 3));

/** Returns the error with which the pool refuses a transaction. */
function refusalOf(submit: () => unknown): unknown {
  try {
    submit();
  } catch (error) {
    if (error instanceof InvalidTransaction)
      return { code: error.code, message: error.message, data: error.data };
    throw error;
  }
  return "accepted";
}

const invalid = (data: string): unknown => ({ code: 1010, message: "Invalid Transaction", data });

describe("push_command", () => {
  it.each<Scheme>(["sr25519", "ed25519", "ecdsa"])("is signed with %s", async (scheme) => {
    const chain = await manualChain();
    const who = signer("Alice", scheme);
    const extrinsic = signed(chain, who, command);
    const hash = chain.submit(extrinsic);
    expect(hash).toEqual(crypto.blake2b256(extrinsic));
    expect(chain.pending()).toEqual([extrinsic]);
    const block = chain.produceBlock();
    expect(chain.pending()).toEqual([]);
    expect(block.body[1]).toEqual(extrinsic);
    expect(block.header.extrinsicsRoot).toEqual(extrinsicsRoot(crypto, block.body));
    const [, pushed, success] = eventsOf(chain, block);
    expect(pushed).toMatchObject({
      phase: { kind: "apply-extrinsic", index: 1 },
      pallet: "Execution",
      name: "CommandPushed",
      fields: { who: who.id, contract_id: 7, payload: Uint8Array.of(1, 2, 3), number: 0 },
    });
    expect(success).toMatchObject({ pallet: "System", name: "ExtrinsicSuccess" });
    expect(nonceOf(chain, who.id)).toBe(1);
  });

  it("numbers commands of all accounts from 0", async () => {
    const chain = await manualChain();
    for (const [who, nonce] of [
      [alice, 0],
      [bob, 0],
      [alice, 1],
    ] as const)
      chain.submit(signed(chain, who, command, { nonce }));
    const events = eventsOf(chain, chain.produceBlock()).filter(({ name }) => name === "CommandPushed");
    expect(events.map(({ fields }) => (fields as { number: number }).number)).toEqual([0, 1, 2]);
  });

  it("accepts a payload of the maximum length, and fails with PayloadTooLarge for a longer one", async () => {
    const chain = await manualChain({ maxPayload: 300 });
    chain.submit(signed(chain, alice, pushCommand(1, new Uint8Array(300))));
    chain.submit(signed(chain, bob, pushCommand(1, new Uint8Array(301))));
    const block = chain.produceBlock();
    expect(eventNames(chain, block).slice(1)).toEqual([
      "Execution.CommandPushed",
      "System.ExtrinsicSuccess",
      "System.ExtrinsicFailed",
    ]);
    expect(eventsOf(chain, block).at(-1)!.fields).toMatchObject({
      dispatch_error: { kind: "Module", value: { index: 6, error: Uint8Array.of(0, 0, 0, 0) } },
    });
    expect(nonceOf(chain, bob.id)).toBe(1);
  });
});

describe("other calls", () => {
  it("emit the hash of a remark", async () => {
    const chain = await manualChain();
    chain.submit(signed(chain, alice, remarkWithEvent(Uint8Array.of(5))));
    expect(eventsOf(chain, chain.produceBlock())[1]).toMatchObject({
      name: "Remarked",
      fields: { sender: alice.id, hash: crypto.blake2b256(Uint8Array.of(5)) },
    });
  });

  it("transfer balances and create accounts", async () => {
    const chain = await manualChain();
    const fresh = new Uint8Array(32).fill(3);
    chain.submit(signed(chain, alice, transfer("keep_alive", fresh, 2_000_000_000n)));
    const block = chain.produceBlock();
    expect(eventNames(chain, block).slice(1)).toEqual([
      "System.NewAccount",
      "Balances.Endowed",
      "Balances.Transfer",
      "System.ExtrinsicSuccess",
    ]);
    expect(eventsOf(chain, block)[3]!.fields).toEqual({ from: alice.id, to: fresh, amount: 2_000_000_000n });
  });

  it.each([
    ["more than the balance", "allow_death", 2n ** 100n, "FundsUnavailable"],
    ["less than the existential deposit", "allow_death", 1n, "BelowMinimum"],
    [
      "so much that a keep-alive transfer would remove the sender",
      "keep_alive",
      3_500_000_000n,
      "NotExpendable",
    ],
  ] as const)("do not transfer %s", async (_, kind, value, error) => {
    const chain = await manualChain({ endowed: [[alice.id, 4_000_000_000n]] });
    chain.submit(signed(chain, alice, transfer(kind, new Uint8Array(32).fill(3), value)));
    const [, failed, ...more] = eventsOf(chain, chain.produceBlock());
    expect(failed).toMatchObject({
      name: "ExtrinsicFailed",
      fields: { dispatch_error: { kind: "Token", value: { kind: error } } },
    });
    expect(more).toEqual([]);
  });

  it("remove a sender that keeps less than the existential deposit", async () => {
    const chain = await manualChain({ endowed: [[alice.id, 4_000_000_000n]] });
    chain.submit(signed(chain, alice, transfer("allow_death", bob.id, 3_500_000_000n)));
    expect(eventNames(chain, chain.produceBlock())).toEqual(
      expect.arrayContaining(["System.KilledAccount", "Balances.DustLost", "Balances.Transfer"]),
    );
  });

  it("let no account sign an inherent", async () => {
    const chain = await manualChain();
    chain.submit(signed(chain, alice, Uint8Array.of(1, 0, 4)));
    expect(eventsOf(chain, chain.produceBlock())[1]).toMatchObject({
      name: "ExtrinsicFailed",
      fields: { dispatch_error: { kind: "BadOrigin" } },
    });
  });
});

describe("the pool", () => {
  it("refuses a stale nonce", async () => {
    const chain = await manualChain();
    chain.submit(signed(chain, alice, command));
    chain.produceBlock();
    expect(refusalOf(() => chain.submit(signed(chain, alice, command, { nonce: 0 })))).toEqual(
      invalid("Transaction is outdated"),
    );
  });

  it("keeps an extrinsic with a later nonce until its turn, in any order of arrival", async () => {
    const chain = await manualChain();
    chain.submit(signed(chain, alice, command, { nonce: 2 }));
    expect(chain.produceBlock().body).toHaveLength(1);
    chain.submit(signed(chain, alice, command, { nonce: 1 }));
    chain.submit(signed(chain, alice, command, { nonce: 0 }));
    expect(chain.produceBlock().body).toHaveLength(4);
    expect(nonceOf(chain, alice.id)).toBe(3);
  });

  it("accepts an extrinsic only once", async () => {
    const chain = await manualChain();
    const extrinsic = signed(chain, alice, command);
    const hash = to0x(chain.submit(extrinsic));
    expect(refusalOf(() => chain.submit(extrinsic))).toEqual({
      code: 1013,
      message: "Transaction Already Imported",
      data: `[${hash}]`,
    });
  });

  it("accepts one extrinsic for each nonce", async () => {
    const chain = await manualChain();
    chain.submit(signed(chain, alice, command));
    expect(
      refusalOf(() => chain.submit(signed(chain, alice, pushCommand(8, new Uint8Array())))),
    ).toMatchObject({ code: 1014 });
  });

  const foreign = new Uint8Array(32).fill(1);
  it.each([
    ["another chain", { genesisHash: foreign }],
    ["another runtime version", { specVersion: 2 }],
    ["the hash of the metadata", { metadataMode: 1 }],
    ["another birth block", { birthHash: foreign }],
  ] as const)("refuses a signature for %s", async (_, options) => {
    const chain = await manualChain();
    expect(refusalOf(() => chain.submit(signed(chain, alice, command, options)))).toEqual(
      invalid("Transaction has a bad signature"),
    );
  });

  it.each<Scheme>(["sr25519", "ed25519", "ecdsa"])(
    "refuses another account's signature with %s",
    async (scheme) => {
      const chain = await manualChain();
      const impostor = { ...signer("Bob", scheme), id: signer("Alice", scheme).id };
      expect(refusalOf(() => chain.submit(signed(chain, impostor, command)))).toEqual(
        invalid("Transaction has a bad signature"),
      );
    },
  );

  it("refuses the zero account", async () => {
    const chain = await manualChain();
    const nobody = { ...alice, id: new Uint8Array(32) };
    expect(refusalOf(() => chain.submit(signed(chain, nobody, command)))).toEqual(
      invalid("Invalid signing address"),
    );
  });

  it.each([
    ["nothing", 1040, () => new Uint8Array()],
    ["an empty extrinsic", 1002, () => Uint8Array.of(0)],
    ["a bare extrinsic", 1002, () => Uint8Array.of(0x10, 4, 1, 0, 4)],
    ["no length prefix", 1040, (extrinsic: Uint8Array) => extrinsic.slice(2)],
    ["more bytes than its length states", 1040, (extrinsic: Uint8Array) => Uint8Array.of(...extrinsic, 0)],
    ["fewer bytes than its length states", 1040, (extrinsic: Uint8Array) => extrinsic.slice(0, -1)],
  ] as const)("refuses %s with %d", async (_, code, bend) => {
    const chain = await manualChain();
    expect(refusalOf(() => chain.submit(bend(signed(chain, alice, command))))).toMatchObject({ code });
  });

  it.each([
    ["an unknown pallet", Uint8Array.of(99, 0)],
    ["an unknown call", Uint8Array.of(6, 0)],
    ["a call with trailing bytes", Uint8Array.of(...command, 0)],
    ["a truncated call", command.slice(0, -1)],
    ["a payload whose length has two encodings", Uint8Array.of(6, 1, 0, 0, 0, 0, 1, 0)],
  ] as const)("refuses %s", async (_, call) => {
    const chain = await manualChain();
    expect(refusalOf(() => chain.submit(signed(chain, alice, call)))).toMatchObject({ code: 1002 });
  });

  it("fills a block up to its maximum length, and the next block with the rest", async () => {
    const chain = await manualChain({ maxPayload: 2 << 20 });
    for (let nonce = 0; nonce < 3; nonce++)
      chain.submit(signed(chain, alice, pushCommand(1, new Uint8Array(1_900_000)), { nonce }));
    expect([chain.produceBlock(), chain.produceBlock()].map(({ body }) => body.length)).toEqual([3, 2]);
  });

  it("refuses an extrinsic that is too long for any block", async () => {
    const chain = await manualChain({ maxPayload: 8 << 20 });
    const huge = signed(chain, alice, pushCommand(1, new Uint8Array(3_932_160)));
    expect(refusalOf(() => chain.submit(huge))).toEqual(
      invalid("Transaction would exhaust the block limits"),
    );
  });
});

it("the pool refuses arbitrary bytes", async () => {
  const chain = await manualChain();
  const valid = signed(chain, alice, command);
  const bent = fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => {
    const bytes = valid.slice();
    bytes[at]! ^= bits;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), bent), (bytes) => {
      expect(refusalOf(() => chain.submit(bytes))).not.toBe("accepted");
    }),
  );
  expect(chain.pending()).toEqual([]);
});

describe("mortality", () => {
  const era = { period: 4, current: 4 };

  it("includes an extrinsic in the blocks of its era", async () => {
    const chain = await manualChain();
    growTo(chain, 6);
    chain.submit(signed(chain, alice, command, { era }));
    expect(chain.produceBlock().body).toHaveLength(2);
  });

  it("drops an extrinsic that waits longer than its era", async () => {
    const chain = await manualChain();
    growTo(chain, 6);
    chain.submit(signed(chain, alice, command, { era, nonce: 1 }));
    growTo(chain, 8);
    expect(chain.pending()).toEqual([]);
  });

  it("refuses an extrinsic after its era", async () => {
    const chain = await manualChain();
    growTo(chain, 8);
    expect(refusalOf(() => chain.submit(signed(chain, alice, command, { era })))).toEqual(
      invalid("Transaction has a bad signature"),
    );
  });

  it("refuses an era whose first block is no longer in the state, but always accepts genesis", async () => {
    const chain = await manualChain();
    growTo(chain, blockHashCount + 10);
    const prefix = storagePrefix(crypto, "System", "BlockHash");
    expect([...chain.stateOf(chain.best()).entries(prefix)]).toHaveLength(blockHashCount + 1);
    const ancient = signed(chain, alice, command, { era: { period: 4096, current: 5 } });
    expect(refusalOf(() => chain.submit(ancient))).toEqual(invalid("Transaction has an ancient birth block"));
    chain.submit(signed(chain, alice, command, { era: { period: 4096, current: 0 } }));
    expect(chain.produceBlock().body).toHaveLength(2);
  });

  it("refuses an era that has not begun yet", async () => {
    const chain = await manualChain();
    growTo(chain, 6);
    const early = signed(chain, alice, command, {
      era: { period: 64, current: 20 },
      birthHash: chain.genesisHash,
    });
    expect(refusalOf(() => chain.submit(early))).toEqual(invalid("Transaction has an ancient birth block"));
  });
});

it("the development accounts have their sr25519 keys", () => {
  for (const { name, publicKey } of devAccounts) expect(signer(name).id).toEqual(publicKey);
});
