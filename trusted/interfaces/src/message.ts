/**
 * The JSON of a contract's messages. A command or a request is `{"Name": input}`, or `"Name"` alone if the
 * input is `null`. An answer is `{"Name": answer}`, or `{"Error": reason}` if the contract refuses the
 * request.
 */
import { type Json, type JsonReader, jsonObject, jsonString } from "@pruntime/core/json";
import type {
  CommandName,
  CommandOf,
  ContractInterface,
  InputOf,
  RequestInterface,
  RequestName,
  RequestOf,
} from "./interface.ts";
import type { Member } from "./schema/schema.ts";
import { schemaWriter } from "./schema/write.ts";

/** The schema of a contract's messages: a variant with one case for each name that a message can have. */
export type MessageSchema = { readonly variant: readonly Member[] };

/** The schema of any command of a contract: a variant with one case for each command. */
export function commandSchema({ commands }: ContractInterface): MessageSchema {
  return { variant: commands.map(({ name, input }) => ({ name, type: input })) };
}

/** The schema of any request to a contract: a variant with one case for each request. */
export function requestSchema({ requests }: ContractInterface): MessageSchema {
  return { variant: requests.map(({ name, input }) => ({ name, type: input })) };
}

/** The schema of any answer to a request: the result under the request's name, or a reason under `Error`. */
export function answerSchema({ name, answer }: RequestInterface): MessageSchema {
  const reason = {
    variant: [
      { name: notAuthorized, type: "unit" },
      { name: "Other", type: "text" },
    ],
  } as const;
  return {
    variant: [
      { name, type: answer },
      { name: "Error", type: reason },
    ],
  };
}

/**
 * Writes a command, ready for sealing: `{"Name": input}`, or the name alone if the input is `null` in JSON.
 * @throws JsonError for an input that the schema does not allow
 */
export function commandJson<const I extends ContractInterface, N extends CommandName<I>>(
  contract: I,
  name: N,
  input: InputOf<CommandOf<I, N>>,
): Json {
  return schemaWriter(commandSchema(contract))({ kind: name, value: input }, "");
}

/**
 * Writes a request, ready for sending: `{"Name": input}`, or the name alone if the input is `null` in JSON.
 * @throws JsonError for an input that the schema does not allow
 */
export function requestJson<const I extends ContractInterface, N extends RequestName<I>>(
  contract: I,
  name: N,
  input: InputOf<RequestOf<I, N>>,
): Json {
  return schemaWriter(requestSchema(contract))({ kind: name, value: input }, "");
}

/** The JSON of a message: `{name: content}`, or the name alone if the content is `null`. */
export function messageJson(name: string, content: Json): Json {
  return content === null ? name : { [name]: content };
}

/**
 * The refusal reason for a query that is unsigned, or whose signer is not allowed to make it. This one reason
 * is a name, as in the protocol of 2020. All other reasons are sentences.
 */
export const notAuthorized = "NotAuthorized";

/** The answer that refuses a request for this reason. */
export function refusalJson(reason: string): Json {
  return { Error: reason === notAuthorized ? reason : { Other: reason } };
}

const sentence = jsonObject({ Other: jsonString() }, "ignored");

/** Reads the value of `Error`: a name, or a sentence under `Other`. @throws JsonError */
export const readReason: JsonReader<string> = (value, at) =>
  typeof value === "string" ? value : sentence(value, at).Other;
