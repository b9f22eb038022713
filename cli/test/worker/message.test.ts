import { balances } from "@pruntime/interfaces";
import { describe, expect, it } from "vitest";
import { messageArgument } from "../../src/worker/message.ts";

const bob = "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48";
const transfer = (dest: unknown, value: unknown = "5") => JSON.stringify({ Transfer: { dest, value } });
const read = (text: string) => messageArgument("command", balances.id, text);

describe("a command for a built-in contract", () => {
  it.each([bob, `0x${bob}`, "//Bob", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"])(
    "takes the account %s",
    (account) => expect(read(transfer(account))).toEqual({ Transfer: { dest: bob, value: "5" } }),
  );

  it.each([
    ["an account that is none", transfer("aa"), "/Transfer/dest"],
    ["a number in place of decimal text", transfer(bob, 5), "json/wrong-type at /Transfer/value"],
    ["a missing field", JSON.stringify({ Transfer: { dest: bob } }), "json/missing-key at /Transfer/value"],
    ["an unknown command", JSON.stringify({ Nope: 1 }), "it reads Transfer"],
  ])("cli/bad-argument: %s", (_, text, where) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        detail: { code: "cli/bad-argument", name: "command", want: expect.stringContaining(where) as string },
      }),
    );
  });

  it("is not changed for a contract whose interface is unknown", () =>
    expect(messageArgument("command", 77, transfer("//Bob"))).toEqual({
      Transfer: { dest: "//Bob", value: "5" },
    }));
});

it("a request takes accounts in the same forms", () =>
  expect(messageArgument("request", balances.id, '{"FreeBalance":{"account":"//Bob"}}')).toEqual({
    FreeBalance: { account: bob },
  }));
