/** Reads the interface that a deployed contract includes. */
import {
  decodeJson,
  type JsonLimits,
  type JsonReader,
  jsonAny,
  jsonArray,
  jsonObject,
  jsonString,
} from "@pruntime/core/json";
import type { CommandInterface, ContractInterface, Ending, RequestInterface } from "./interface.ts";
import { checkNames, readMemberName, readSchema } from "./schema/decode.ts";
import { schemaReader } from "./schema/read.ts";

/**
 * The JSON of a contract's interface.
 * @limit characters, levels
 * @source chosen: the length bounds the number of schemas, and the depth bounds their nesting
 * @past `json/too-long` or `json/too-deep`
 */
export const interfaceLimits: JsonLimits = { maxLength: 1 << 16, maxDepth: 64 };

/**
 * The commands, and the requests, of one contract's interface.
 * @limit messages
 * @source chosen
 * @past `json/out-of-range`
 */
const maxMessages = 256;
const [label, sentence] = [jsonString(64), jsonString(1024)];

/**
 * Reads the JSON of an interface strictly. Throws JsonError, with the path to the problem: for example, an
 * unknown key or form, two commands with the same name, or an example that its schema does not allow.
 */
export function decodeInterface(text: string): ContractInterface {
  return decodeJson(text, readInterface, interfaceLimits);
}

const readEnding: JsonReader<Ending> = jsonObject({ name: sentence, when: sentence });
const readEndings = jsonArray(readEnding, maxMessages);

const commandFields = jsonObject({
  name: readMemberName,
  meaning: sentence,
  sender: sentence,
  input: readSchema,
  statuses: readEndings,
  example: jsonAny,
});

const readCommand: JsonReader<CommandInterface> = (value, at) => {
  const command = commandFields(value, at);
  schemaReader(command.input)(command.example, `${at}/example`);
  return command;
};

const requestFields = jsonObject({
  name: readMemberName,
  meaning: sentence,
  asker: sentence,
  input: readSchema,
  answer: readSchema,
  refusals: readEndings,
  example: jsonObject({ input: jsonAny, answer: jsonAny }),
});

const readRequest: JsonReader<RequestInterface> = (value, at) => {
  const request = requestFields(value, at);
  schemaReader(request.input)(request.example.input, `${at}/example/input`);
  schemaReader(request.answer)(request.example.answer, `${at}/example/answer`);
  return request;
};

const readInterface: JsonReader<ContractInterface> = jsonObject({
  name: label,
  meaning: sentence,
  commands: named(readCommand),
  requests: named(readRequest),
});

/** Makes a reader of lists of commands or requests. The reader refuses a list that repeats a name. */
function named<T extends { readonly name: string }>(read: JsonReader<T>): JsonReader<readonly T[]> {
  const readList = jsonArray(read, maxMessages);
  return (value, at) => {
    const list = readList(value, at);
    checkNames(list, at);
    return list;
  };
}
