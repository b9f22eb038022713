import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { maxAnswerBytes } from "@pruntime/core/channel";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { statuses } from "@pruntime/interfaces";
import { describe, expect, it } from "vitest";
import {
  alice,
  aliceHex,
  answer,
  ask,
  bob,
  bobHex,
  carol,
  code,
  command,
  type Given,
  newExecutor,
  run,
  transfer,
} from "./kit.ts";

const receiptOf = (given: Given, origin: Uint8Array | undefined = given.sender ?? alice) => {
  const executor = newExecutor();
  const [receipt] = run(executor, given);
  return ask(executor, 0, { QueryReceipt: { tx_hash: toHex(receipt?.txHash as Uint8Array) } }, origin);
};

describe("receipts", () => {
  it("state the result of a command, in the words of 2020", () => {
    const txHash = new Uint8Array(32).fill(0xab);
    const text = `{"Transfer":{"dest":"${bobHex}","value":"1"}}`;
    expect(receiptOf({ text, txHash, block: { number: 27, timeMs: 1n } })).toBe(
      `{"QueryReceipt":{"receipt":{"account":"${aliceHex}","block_num":27,` +
        `"command":${JSON.stringify(text)},"contract_id":2,"status":"Ok",` +
        `"tx_hash":"${"ab".repeat(32)}"}}}`,
    );
  });

  it.each([
    ["anonymous", undefined],
    ["another account", bob],
  ] as const)("are not shown to %s; a missing origin is answered (2020 panicked)", (_, origin) => {
    const executor = newExecutor();
    const [receipt] = run(executor, { json: transfer(bob, 1n) });
    const request = { QueryReceipt: { tx_hash: toHex(receipt?.txHash as Uint8Array) } };
    expect(ask(executor, 0, request, origin)).toBe('{"Error":"NotAuthorized"}');
  });

  it.each([
    ["anonymous", undefined],
    ["any account", alice],
  ] as const)("an unknown hash is not found, for %s", (_, origin) =>
    expect(ask(newExecutor(), 0, { QueryReceipt: { tx_hash: "00".repeat(32) } }, origin)).toBe(
      '{"Error":{"Other":"Transaction hash not found"}}',
    ),
  );

  it.each<Json>([
    "QueryReceipt",
    { QueryReceipt: {} },
    { QueryReceipt: { tx_hash: "00" } },
    { QueryReceipt: { tx_hash: `0x${"00".repeat(32)}` } },
    { QueryReceipt: { tx_hash: 0 } },
    { QueryWorker: {} },
    null,
  ])("contract/bad-request: %j", (request) =>
    expect(() => answer(newExecutor(), 0, request, alice)).toThrow(code("contract/bad-request")),
  );

  it("BadSecret: a command that could not be opened is not stored", () =>
    expect(receiptOf({ text: undefined })).toContain('"command":"","contract_id":2,"status":"BadSecret"'));

  it("BadSecret comes before BadContractId, as in 2020", () =>
    expect(receiptOf({ text: undefined, contractId: 77 })).toContain(
      '"contract_id":77,"status":"BadSecret"',
    ));

  it.each([0, 77, 0xffff, 0xffff_ffff])("BadContractId: %i", (contractId) =>
    expect(receiptOf({ json: {}, contractId })).toContain(
      `"command":"{}","contract_id":${contractId},"status":"BadContractId"`,
    ),
  );

  it.each([
    "",
    "x",
    "{",
    '{"Transfer":{}}',
    '{"a":1,"a":2}',
    '{"Issue":{"id":0.5}}',
    "[".repeat(60_000),
    `{"${"x".repeat(60_000)}":1}`,
    '"\\ud800"',
    "\u0000",
    "1e999",
  ])("BadCommand, stored unchanged: %.20s", (text) =>
    expect(receiptOf({ text })).toContain(
      `"command":${JSON.stringify(text)},"contract_id":2,"status":"BadCommand"`,
    ),
  );

  it.each([
    ["too long for an answer", utf8(" ".repeat(maxAnswerBytes - 1024 - 1))],
    ["too long for an answer once it is escaped", utf8('"'.repeat(maxAnswerBytes / 2 - 512))],
    ["not UTF-8", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
  ])("BadCommand, not stored: %s", (_, input) =>
    expect(receiptOf({ input })).toContain('"command":"","contract_id":2,"status":"BadCommand"'),
  );

  it("the receipt with the longest command fits an answer", () => {
    const text = '"'.repeat(maxAnswerBytes / 2 - 512 - 1);
    const answered = receiptOf({ text });
    expect(answered).toContain(`"command":${JSON.stringify(text)}`);
    expect(answered.length).toBeLessThanOrEqual(maxAnswerBytes);
  });

  it.each(["Ok", "BadCommand", "BadContractId"])(
    "%s, not stored: a text that its sender may have copied without being able to read it",
    (status) => {
      const text =
        status === "BadCommand" ? '{"FreeBalance":{"balance":"42"}}' : canonicalJson(transfer(bob, 1n));
      const contractId = status === "BadContractId" ? 77 : 2;
      expect(receiptOf({ text, contractId, unbound: true })).toContain(
        `"command":"","contract_id":${contractId},"status":"${status}"`,
      );
    },
  );

  it("of two commands in one transaction, the last one's receipt is stored", () => {
    const executor = newExecutor();
    const txHash = new Uint8Array(32).fill(1);
    run(executor, { txHash, json: transfer(bob, 1n) }, { txHash, json: null });
    expect(ask(executor, 0, { QueryReceipt: { tx_hash: toHex(txHash) } }, alice)).toContain(
      '"status":"BadCommand"',
    );
  });

  it("are separate per account if another account submits the same payload", () => {
    const txHash = new Uint8Array(32).fill(1);
    const request = { QueryReceipt: { tx_hash: toHex(txHash) } };
    const [own, copied] = [
      { txHash, json: transfer(carol, 1n), sender: alice },
      { txHash, text: undefined, sender: bob },
    ];
    for (const sequence of [
      [own, copied],
      [copied, own],
      [copied, own, copied],
    ]) {
      const executor = newExecutor();
      run(executor, ...sequence);
      expect(ask(executor, 0, request, alice)).toContain(
        `{"account":"${aliceHex}","block_num":1,"command":"{`,
      );
      expect(ask(executor, 0, request, alice)).toContain('"status":"Ok"');
      expect(ask(executor, 0, request, bob)).toContain(`{"account":"${bobHex}","block_num":1,"command":"",`);
      expect([carol, undefined].map((origin) => ask(executor, 0, request, origin))).toEqual(
        Array(2).fill('{"Error":"NotAuthorized"}'),
      );
    }
  });

  it("are returned by execute as copies", () => {
    const given = command({ json: transfer(bob, 1n), sender: alice.slice() });
    const batch = newExecutor().begin();
    const { receipt } = batch.execute(given);
    expect(receipt).toEqual({
      account: alice,
      blockNumber: 1,
      txHash: given.txHash,
      contractId: 2,
      command: fromUtf8(given.input as Uint8Array),
      status: "Ok",
    });
    given.sender.fill(0);
    expect(receipt.account).toEqual(alice);
  });

  it("the order of status names is fixed, because receipts store their index", () =>
    expect(statuses.join(" ")).toBe(
      "Ok InsufficientBalance NoBalance UnknownError BadContractId SymbolExist AssetIdNotFound " +
        "NotAssetOwner BadSecret BadMachineId FailedToSign BadCommand BadSymbol ItemIdNotFound " +
        "ChannelV1Refused",
    ));
});
