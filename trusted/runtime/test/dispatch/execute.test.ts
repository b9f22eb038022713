import { toBase64, toHex, utf8 } from "@pruntime/core/bytes";
import {
  channelInfo,
  commandAad,
  encodePayload,
  leastBytes,
  type Payload,
  pad,
  sealCommandWithKey,
  sealV1WithKey,
  setupBaseSender,
} from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { complete } from "@pruntime/core/work";
import type { Batch, OpenedCommand } from "@pruntime/executor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { executeBlock } from "../../src/dispatch/execute.ts";
import { alice, bob } from "../support/devchain.ts";
import { extrinsic2020, pushCommand2020, TinyChain } from "../support/tiny-chain.ts";
import { answer, keyPair, newRuntime, receipt, take, workerKey } from "../support/worker.ts";

const text = (value: number): string =>
  canonicalJson({ Transfer: { dest: toHex(bob.id), value: String(value) } });
const json = (value: Json): Uint8Array => utf8(canonicalJson(value));
const envelope = (payload: Payload): Uint8Array => utf8(encodePayload(payload));
const ephemeral = keyPair(77);

function sealedFor(
  genesisHash: Uint8Array,
  { sender = alice.id, contractId = 2, key = workerKey.publicKey, value = 5 } = {},
) {
  return envelope(
    sealCommandWithKey(
      portableCrypto,
      ephemeral,
      { genesisHash, publicKey: key },
      { sender, contractId },
      text(value),
    ),
  );
}

const v1 = (key = workerKey.publicKey) =>
  sealV1WithKey(portableCrypto, ephemeral, new Uint8Array(12), key, text(5)).payload;
const v1With = (change: Partial<Record<"iv_b64" | "cipher_b64" | "pubkey_b64", string>>) => {
  const { iv, cipher, publicKey } = v1();
  return json({
    Cipher: {
      iv_b64: toBase64(iv),
      cipher_b64: toBase64(cipher),
      pubkey_b64: toBase64(publicKey),
      ...change,
    },
  });
};

/**
 * Runs one block of commands. Each command has a payload, a sender (Alice by default) and a contract (2 by
 * default). Returns the statuses in the receipts, Bob's balance, the runtime and the chain.
 */
function run(payloads: readonly (readonly [Uint8Array, Uint8Array?, number?])[]) {
  const chain = new TinyChain();
  const extrinsics = payloads.map(([payload, by = alice.id, contractId = 2]) =>
    extrinsic2020(pushCommand2020(contractId, payload), by),
  );
  chain.grow({ extrinsics });
  const runtime = newRuntime();
  take(runtime, chain.init());
  take(runtime, chain.body(1));
  const statuses = extrinsics.map((extrinsic, i) =>
    receipt(runtime, portableCrypto.blake2b256(extrinsic), payloads[i]![1] === bob.id ? bob : alice),
  );
  return {
    statuses,
    bob: answer(runtime, 2, { FreeBalance: { account: toHex(bob.id) } }, bob),
    runtime,
    chain,
  };
}

const genesisHash = new TinyChain().at(0).hash;
const five = { FreeBalance: { balance: "5" } };

describe("a command", () => {
  it.each([
    ["plain text", json({ Plain: text(5) })],
    ["sealed as in 2020", envelope(v1())],
    ["sealed by HPKE", sealedFor(genesisHash)],
  ])("runs when it is %s", (_, payload) =>
    expect(run([[payload]])).toMatchObject({ statuses: ["Ok"], bob: five }),
  );

  it("sealed by HPKE does not open for another sender, contract, worker or chain", () => {
    const { statuses, bob: bobs } = run([
      [sealedFor(genesisHash), bob.id],
      [sealedFor(genesisHash), alice.id, 3],
      [sealedFor(genesisHash, { contractId: 3 })],
      [sealedFor(genesisHash, { sender: bob.id })],
      [sealedFor(genesisHash, { key: keyPair(5).publicKey })],
      [sealedFor(new TinyChain(1).at(0).hash)],
      [sealedFor(genesisHash)],
    ]);
    expect(statuses).toEqual([...Array<string>(6).fill("BadSecret"), "Ok"]);
    expect(bobs).toEqual(five);
  });

  it("sealed by HPKE does not open without padding", () => {
    const binding = { sender: alice.id, contractId: 2 };
    const address = { genesisHash, publicKey: workerKey.publicKey };
    const info = channelInfo("command", address);
    const { aead, baseNonce } = setupBaseSender(portableCrypto, address.publicKey, info, ephemeral);
    const sealed = (bytes: Uint8Array) =>
      envelope({
        kind: "v2",
        enc: ephemeral.publicKey,
        cipher: aead.seal(baseNonce, bytes, commandAad(binding)),
      });
    const padded = pad(utf8(text(5)), leastBytes.command);
    const payloads = [utf8(text(5)), padded.with(-1, 1), padded];
    expect(run(payloads.map((bytes) => [sealed(bytes)])).statuses).toEqual(["BadSecret", "BadSecret", "Ok"]);
  });

  it("sealed as in 2020 opens for any sender, as SECURITY.md says", () =>
    expect(run([[envelope(v1()), bob.id]]).statuses).toEqual(["NoBalance"]));
});

describe("the receipt", () => {
  it.each([
    ["repeats a command in plain text", json({ Plain: text(5) }), text(5)],
    ["repeats a command that HPKE bound to its sender", sealedFor(genesisHash), text(5)],
    [
      "omits a command sealed as in 2020, which the sender may have copied without being able to read it",
      envelope(v1()),
      "",
    ],
  ])("%s", (_, payload, command) => {
    const { runtime, chain } = run([[payload]]);
    const txHash = toHex(portableCrypto.blake2b256(chain.at(1).extrinsics[0]!));
    expect(answer(runtime, 0, { QueryReceipt: { tx_hash: txHash } }, alice)).toMatchObject({
      QueryReceipt: { receipt: { command, status: "Ok" } },
    });
  });
});

const malformed: readonly (readonly [string, Uint8Array])[] = [
  ["no bytes", new Uint8Array()],
  ["not JSON", utf8("hello")],
  ["not UTF-8", Uint8Array.of(0xff, 0xfe, 0x80)],
  ["a lone surrogate in UTF-8", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
  ["not an envelope", utf8("{}")],
  ["null", utf8("null")],
  ["an array", utf8("[]")],
  ["an unknown envelope", utf8('{"Secret":"a"}')],
  ["two envelopes", utf8('{"Plain":"a","Cipher":{}}')],
  ["a duplicate key", utf8('{"Plain":"a","Plain":"b"}')],
  ["a plain text of another type", utf8('{"Plain":7}')],
  ["trailing text after the envelope", utf8('{"Plain":"a"}x')],
  ["very deep nesting", utf8("[".repeat(16_000))],
  ["a short IV", v1With({ iv_b64: toBase64(new Uint8Array(11)) })],
  ["an empty IV", v1With({ iv_b64: "" })],
  ["a long IV", v1With({ iv_b64: toBase64(new Uint8Array(13)) })],
  ["not base64", v1With({ cipher_b64: "!" })],
  ["no ciphertext", v1With({ cipher_b64: "" })],
  ["a ciphertext shorter than a tag", v1With({ cipher_b64: toBase64(new Uint8Array(15)) })],
  ["a wrong tag", v1With({ cipher_b64: toBase64(new Uint8Array(64)) })],
  ["no key", v1With({ pubkey_b64: "" })],
  ["a compressed key", v1With({ pubkey_b64: toBase64(workerKey.publicKey.subarray(0, 33)) })],
  ["a key that is not a point", v1With({ pubkey_b64: toBase64(new Uint8Array(65).fill(4)) })],
  ["an HPKE envelope with an unknown key", json({ Sealed: { enc_b64: "", cipher_b64: "", more: "" } })],
  ["an HPKE envelope without content", json({ Sealed: { enc_b64: "", cipher_b64: "" } })],
  ["an envelope for another worker", envelope(v1(keyPair(5).publicKey))],
  ["a reply's envelope", json({ SealedReply: { iv_b64: "", cipher_b64: "" } })],
];

const noCommand: readonly (readonly [string, string])[] = [
  ["not JSON", "Transfer"],
  ["an unknown command", '{"Mint":{}}'],
  ["a command without content", '"Transfer"'],
  ["a missing field", '{"Transfer":{"value":"5"}}'],
  ["a balance as a number", `{"Transfer":{"dest":"${toHex(bob.id)}","value":5}}`],
  ["a balance beyond u128", `{"Transfer":{"dest":"${toHex(bob.id)}","value":"${2n ** 128n}"}}`],
  ["an account of another length", '{"Transfer":{"dest":"00","value":"5"}}'],
  ["very deep nesting", "[".repeat(16_000)],
];

describe("every payload gets a receipt and does not stop the block", () => {
  it.each(malformed)("BadSecret: %s", (_, payload) => {
    const { statuses, bob: bobs } = run([[payload], [json({ Plain: text(5) })]]);
    expect([statuses, bobs]).toEqual([["BadSecret", "Ok"], five]);
  });

  it.each(noCommand)("BadCommand: %s", (_, plain) => {
    const { statuses, bob: bobs } = run([[json({ Plain: plain })], [json({ Plain: text(5) })]]);
    expect([statuses, bobs]).toEqual([["BadCommand", "Ok"], five]);
  });

  it.each([77, 1000, 2 ** 32 - 1])("BadContractId: contract %i", (contractId) =>
    expect(run([[json({ Plain: text(5) }), alice.id, contractId]]).statuses).toEqual(["BadContractId"]),
  );

  it("for any bytes", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(4), (payload, contractId) => {
        const { statuses } = run([[payload, alice.id, contractId], [json({ Plain: text(5) })]]);
        expect(statuses).toEqual(["BadSecret", "Ok"]);
      }),
      { numRuns: 50 },
    ));

  it("for any plain text", () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.nat(4), (plain, contractId) => {
        const { statuses } = run([
          [utf8(canonicalJson({ Plain: plain })), alice.id, contractId],
          [json({ Plain: text(5) })],
        ]);
        expect(statuses).toEqual([expect.stringMatching(/^Bad(Command|ContractId)$/), "Ok"]);
      }),
      { numRuns: 50 },
    ));
});

describe("opening stops early", () => {
  /** Opens a payload as a command of Alice. Returns the opened input and the number of key agreements. */
  function opened(payload: Uint8Array) {
    let [agreements, input] = [0, undefined as Uint8Array | undefined];
    const sharedX = (peer: Uint8Array) => {
      agreements++;
      return workerKey.sharedX(peer);
    };
    const batch = {
      execute: (command: OpenedCommand) => {
        input = command.input;
      },
      *endBlockWork() {},
    } as unknown as Batch;
    const channel = { genesisHash, keyPair: { ...workerKey, sharedX } };
    const command = { index: 0, sender: alice.id, contractId: 2, payload };
    const block = { number: 1, timeMs: 0n };
    const rules = { takesV1: true, policyKey: undefined };
    const execution = { crypto: portableCrypto, channel, batch, ...rules };
    complete(executeBlock(execution, block, [{ command, txHash: payload }], []));
    return { input, agreements };
  }

  /** Bytes that count how often they are read. */
  function counted(bytes: Uint8Array) {
    let reads = 0;
    const get = (target: Uint8Array, key: string | symbol): unknown => {
      if (key !== "length") reads++;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    };
    return { bytes: new Proxy(bytes, { get }), reads: () => reads };
  }

  it.each([
    ["no object", "1".repeat(10_000)],
    ["an array", `[${"1,".repeat(5_000)}1]`],
    ["another envelope", `{"Sealer":"${"a".repeat(10_000)}"}`],
    ["too long for an envelope", `{"Plain":"${"a".repeat(3 << 18)}"}`],
  ])("after a few bytes of a payload that is %s", (_, payload) => {
    const { bytes, reads } = counted(utf8(payload));
    expect(opened(bytes).input).toBeUndefined();
    expect(reads()).toBeLessThan(32);
  });

  it.each([
    ["v1 with a ciphertext shorter than its tag", v1With({ cipher_b64: toBase64(new Uint8Array(15)) })],
    ["v1 with a short IV", v1With({ iv_b64: toBase64(new Uint8Array(11)) })],
    [
      "v2 with a ciphertext shorter than its tag",
      envelope({ kind: "v2", enc: ephemeral.publicKey, cipher: new Uint8Array(15) }),
    ],
  ])("before a key agreement for %s", (_, payload) =>
    expect(opened(payload)).toEqual({ input: undefined, agreements: 0 }),
  );

  it("and agrees on a key once for an envelope that may open", () => {
    expect(opened(envelope(v1()))).toEqual({ input: utf8(text(5)), agreements: 1 });
    expect(opened(sealedFor(genesisHash))).toEqual({ input: utf8(text(5)), agreements: 1 });
  });
});
