import { canonicalJson, type Json } from "@pruntime/core/json";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type AnswerOf,
  answerSchema,
  type assets,
  type balances,
  builtIns,
  type CommandOf,
  commandJson,
  commandSchema,
  type dataPlaza,
  decodeInterface,
  type InputOf,
  dataPlaza as market,
  type RequestOf,
  readReason,
  refusalJson,
  requestJson,
  requestSchema,
  schemaReader,
} from "../src/index.ts";
import { outcome } from "./kit.ts";

describe("the built-in contracts", () => {
  it("have the ids and names of 2020", () =>
    expect(builtIns.slice(0, 4).map(({ id, name, module2020 }) => `${id} ${name} ${module2020}`)).toEqual([
      "0 System system",
      "1 DataPlaza data_plaza",
      "2 Balances balance",
      "3 Assets assets",
    ]));

  it.each(builtIns)(
    "$name is an interface that a contract could carry",
    ({ id: _, module2020: __, ...contract }) =>
      expect(decodeInterface(canonicalJson(contract as Json))).toEqual(contract),
  );
});

describe("messages", () => {
  const examples = builtIns.flatMap((contract) => [
    ...contract.commands.map(({ name, example }) => [commandSchema(contract), name, example] as const),
    ...contract.requests.map(({ name, example }) => [requestSchema(contract), name, example.input] as const),
    ...contract.requests.map(
      (request) => [answerSchema(request), request.name, request.example.answer] as const,
    ),
  ]);

  it.each(examples)("%#: an example under its name is a message", (schema, name, example) =>
    expect(schemaReader(schema)({ [name]: example }, "")).toMatchObject({ kind: name }),
  );

  it("a request without input is its name, as in 2020", () => {
    expect(requestJson(market, "GetItems", undefined)).toBe("GetItems");
    expect(requestJson(market, "GetItems", { before: 3 })).toEqual({ GetItems: { before: 3 } });
  });

  it("a command beyond the limits of its schema is not written", () => {
    const order = (query_link: string) => commandJson(market, "OpenOrder", { item_id: 1, query_link });
    expect(order("/q")).toEqual({ OpenOrder: { item_id: 1, query_link: "/q" } });
    expect(outcome(() => order("x".repeat(1025)))).toBe("json/out-of-range /OpenOrder/query_link");
  });

  it.each([
    ["NotAuthorized", '{"Error":"NotAuthorized"}'],
    ["Asset not found", '{"Error":{"Other":"Asset not found"}}'],
  ])("a refusal for %j is %s", (reason, text) => {
    const answer = refusalJson(reason) as { readonly Error: Json };
    expect(canonicalJson(answer)).toBe(text);
    expect(readReason(answer.Error, "")).toBe(reason);
  });
});

it("types come from the interfaces", () => {
  expectTypeOf<InputOf<CommandOf<typeof assets, "Transfer">>>().toEqualTypeOf<{
    readonly id: number;
    readonly dest: Uint8Array;
    readonly value: bigint;
  }>();
  expectTypeOf<InputOf<RequestOf<typeof balances, "TotalIssuance">>>().toEqualTypeOf<null>();
  expectTypeOf<AnswerOf<RequestOf<typeof balances, "FreeBalance">>>().toEqualTypeOf<{
    readonly balance: bigint;
  }>();
  expectTypeOf<InputOf<RequestOf<typeof dataPlaza, "GetItems">>>().toEqualTypeOf<
    { readonly before: number | undefined } | undefined
  >();
  expectTypeOf<InputOf<CommandOf<typeof dataPlaza, "List">>["price"]>().toEqualTypeOf<{
    readonly kind: "PerRow";
    readonly value: { readonly price: bigint };
  }>();
});
