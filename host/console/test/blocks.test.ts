import { concat, fromHex } from "@pruntime/core/bytes";
import { expect, it } from "vitest";
import { stepStates } from "../src/components/steps.tsx";
import { shownOf, timeIn } from "../src/explorer/node.ts";
import { previewOf } from "../src/views/data-plaza.tsx";

it("reads the time that a block sets, and no other number", () => {
  expect(timeIn(fromHex("280403000b20ad8e7f9301"))).toBe(1_733_011_877_152);
  expect(timeIn(fromHex("10040300a8"))).toBeUndefined();
  expect(timeIn(undefined)).toBeUndefined();
});

it("shows the signer and the sealed command of an extrinsic", () => {
  const id = new Uint8Array(32).fill(7);
  const payload = new TextEncoder().encode('{"Sealed":{"cipher_b64":""}}');
  const body = concat(Uint8Array.of(0x84, 0), id, new Uint8Array(70), payload);
  const extrinsic = concat(Uint8Array.of(((body.length << 2) & 255) | 1, body.length >> 6), body);
  expect(shownOf(extrinsic)).toEqual({ bytes: extrinsic.length, signer: id, isSealed: true });
  expect(shownOf(fromHex("280403000b20ad8e7f9301"))).toMatchObject({ signer: undefined, isSealed: false });
});

it("splits the first lines of a file", () =>
  expect(previewOf("phone,name\r\n1,a\n\n2,b")).toEqual([
    ["phone", "name"],
    ["1", "a"],
    ["2", "b"],
  ]));

it("shows a command that ended badly as failed, and the step in which another one failed", () => {
  const command = { id: 0, label: "", sender: "", receiptKey: "", blockNumber: 0, blockHash: "", atMs: 0 };
  const states = (change: object) =>
    stepStates({ ...command, reached: "begun", status: "", failure: "", ...change }).map(
      ([, state]) => state,
    );
  expect(states({})).toEqual(["now", "open", "open", "open"]);
  expect(states({ reached: "sent", failure: "x" })).toEqual(["done", "done", "failed", "open"]);
  expect(states({ reached: "executed", status: "Ok" })).toEqual(["done", "done", "done", "done"]);
  expect(states({ reached: "executed", status: "NoBalance" })).toEqual(["done", "done", "done", "failed"]);
});
