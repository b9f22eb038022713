import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { canonicalJson, type Json, parseJson } from "@pruntime/core/json";
import {
  answerSchema,
  builtIns,
  commandSchema,
  decodeInterface,
  messageJson,
  requestSchema,
  type Schema,
  schemaReader,
  schemaWriter,
  type Value,
} from "@pruntime/interfaces";
import { Broken, chosen, each, type Target } from "../target.ts";
import { jsonWords } from "./json.ts";

/** The schemas of all messages of the built-in contracts. */
const schemas: Readonly<Record<string, Schema>> = Object.fromEntries(
  builtIns.flatMap((contract) => [
    ...(contract.commands.length === 0 ? [] : [[`${contract.name} command`, commandSchema(contract)]]),
    [`${contract.name} request`, requestSchema(contract)],
    ...contract.requests.map((request) => [`${contract.name} ${request.name}`, answerSchema(request)]),
  ]),
);

/** Reads JSON by a schema, and checks that the value is the same after it is written and read again. */
function readBack(schema: Schema, json: Json): string {
  const write = (value: Value) => canonicalJson(schemaWriter(schema)(value, ""));
  const read = (value: Json) => schemaReader(schema)(value, "");
  const written = write(read(json));
  if (write(read(parseJson(written))) !== written)
    throw new Broken("the written text reads as another value");
  return written;
}

/** The first byte chooses whether the rest is an interface or a message of a built-in contract. */
export const target: Target = {
  words: [...jsonWords, ...["struct", "variant", "option", "list", "map", "key", "u128", "max", "length"]],
  run: (input) =>
    chosen(input, [
      (text) => {
        const read = decodeInterface(fromUtf8(text));
        const written = canonicalJson(read as Json);
        if (canonicalJson(decodeInterface(written) as Json) !== written)
          throw new Broken("an accepted interface is written as another");
        return written;
      },
      (text) => {
        const json = parseJson(fromUtf8(text));
        const readers = Object.entries(schemas).map(([name, schema]) => [name, () => readBack(schema, json)]);
        return each(text, Object.fromEntries(readers) as Record<string, () => string>);
      },
    ]),
  genuine: () => {
    const interfaces = builtIns.map(({ id: _, module2020: __, ...contract }) => [
      contract.name,
      Uint8Array.of(0, ...utf8(canonicalJson(contract as Json))),
    ]);
    const messages = builtIns.flatMap((contract) => [
      ...contract.commands.map(({ name, example }) => [`${contract.name}-${name}`, example] as const),
      ...contract.requests.map(({ name, example }) => [`${contract.name}-${name}`, example.answer] as const),
    ]);
    return Object.fromEntries([
      ...interfaces,
      ...messages.map(([name, json]) => [
        name,
        Uint8Array.of(1, ...utf8(canonicalJson(messageJson(name.split("-")[1] ?? "", json)))),
      ]),
    ]) as Record<string, Uint8Array>;
  },
};
