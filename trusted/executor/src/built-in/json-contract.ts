/**
 * Makes a contract from an interface and the functions that implement it. Commands and requests are UTF-8
 * JSON, read with the schemas of the interface. Answers are canonical UTF-8 JSON, written with these schemas.
 */
import { BytesError, fromUtf8, utf8 } from "@pruntime/core/bytes";
import { canonicalJson, decodeJson, JsonError, type JsonLimits, type JsonReader } from "@pruntime/core/json";
import {
  type AnswerOf,
  answerSchema,
  type BuiltIn,
  type CommandName,
  type CommandOf,
  commandSchema,
  type InputOf,
  maxCommandBytes,
  type RequestInterface,
  type RequestName,
  type RequestOf,
  refusalJson,
  requestSchema,
  type Status,
  schemaReader,
  schemaWriter,
  type Value,
} from "@pruntime/interfaces";
import type { CommandContext, Contract, QueryContext } from "../contract.ts";
import { contractText } from "../contract-id.ts";
import { ContractError } from "../error.ts";
import { type AnyCell, checkEntry } from "../state/cell.ts";
import type { State, StateView } from "../state/overlay.ts";
import { Newest, pageText } from "./page.ts";

/**
 * The JSON of a command of a built-in contract.
 * @limit characters, levels
 * @source protocol: part of the rules number
 * @past the command ends with `BadCommand`
 */
const commandLimits: JsonLimits = { maxLength: maxCommandBytes, maxDepth: 16 };

/**
 * The JSON of a request to a built-in contract.
 * @limit characters, levels
 * @source chosen: the query that carries the request is shorter
 * @past `contract/bad-request`
 */
const requestLimits: JsonLimits = { maxLength: 1 << 20, maxDepth: 16 };

/**
 * The reason for which a contract refuses a request. The interface declares all such reasons. A detail that
 * depends on the state may follow the reason after a colon.
 */
export class Refusal<R extends string> {
  readonly reason: R;
  readonly detail: string | undefined;

  constructor(reason: R, detail?: string) {
    this.reason = reason;
    this.detail = detail;
  }

  /** The sentence that the asker gets. */
  get text(): string {
    return this.detail === undefined ? this.reason : `${this.reason}: ${this.detail}`;
  }
}

/** The functions that implement the interface `I`. */
export interface ContractBody<I extends BuiltIn> {
  /** Every kind of entry in the contract's state. */
  readonly cells: readonly AnyCell[];
  /** Writes the state before the first block. */
  readonly genesis?: (state: State) => void;
  /** The functions that run the commands. Each returns `Ok`, `UnknownError` or a declared status. */
  readonly commands: {
    readonly [N in CommandName<I>]: (
      context: CommandContext,
      state: State,
      input: InputOf<CommandOf<I, N>>,
    ) => "Ok" | "UnknownError" | CommandOf<I, N>["statuses"][number]["name"];
  };
  /**
   * The functions that answer the requests. Each may refuse a request, for a declared reason. If the answer
   * is a list, the function may return the list's entries, and the asker then gets a page of them.
   */
  readonly requests: {
    readonly [N in RequestName<I>]: (
      context: QueryContext,
      state: StateView,
      input: InputOf<RequestOf<I, N>>,
    ) =>
      | AnswerOf<RequestOf<I, N>>
      | NewestOf<AnswerOf<RequestOf<I, N>>>
      | Refusal<RequestOf<I, N>["refusals"][number]["name"]>;
  };
}

/** The entries of an answer that is a list. */
type NewestOf<A> = A extends Readonly<Record<string, readonly (infer E)[]>> ? Newest<E> : never;

/**
 * The functions of a body, without the types of their inputs. The schema of a message makes sure that each
 * function receives an input of the type that it expects.
 */
type Commands = Readonly<Record<string, (context: CommandContext, state: State, input: Value) => Status>>;
type Requests = Readonly<
  Record<
    string,
    (context: QueryContext, state: StateView, input: Value) => Value | Newest<Value> | Refusal<string>
  >
>;

/** A decoded command or request. */
interface Message {
  readonly kind: string;
  readonly value: Value;
}

/** Makes the contract that serves an interface with these functions. */
export function jsonContract<const I extends BuiltIn>(contract: I, body: ContractBody<I>): Contract {
  const { cells, genesis } = body;
  const run = commandRunner(contract, body.commands as unknown as Commands);
  return {
    id: contract.id,
    command: (context, state, input) => ({
      status: run(context, state, input),
      output: new Uint8Array(),
      events: [],
    }),
    query: requestAnswerer(contract, body.requests as unknown as Requests),
    checkEntry: (key, value) => checkEntry(cells, key, value),
    ...(genesis && { genesis }),
  };
}

function commandRunner(
  contract: BuiltIn,
  commands: Commands,
): (context: CommandContext, state: State, input: Uint8Array) => Status {
  const read = contract.commands.length === 0 ? readNone : schemaReader(commandSchema(contract));
  return (context, state, input) => {
    if (input.length > maxCommandBytes) return "BadCommand";
    let command: Message;
    try {
      command = decodeJson(fromUtf8(input), read, commandLimits);
    } catch (error) {
      if (isMalformed(error)) return "BadCommand";
      throw error;
    }
    return commands[command.kind]?.(context, state, command.value) ?? "BadContractId";
  };
}

function requestAnswerer(contract: BuiltIn, requests: Requests): Contract["query"] {
  const read = schemaReader(requestSchema(contract));
  const writers = new Map(contract.requests.map((request) => [request.name, answerWriter(request)]));
  return (context, state, bytes) => {
    const { kind, value } = readRequest(contract, read, bytes);
    const answer = requests[kind]?.(context, state, value);
    if (answer instanceof Refusal) return utf8(canonicalJson(refusalJson(answer.text)));
    return utf8(writers.get(kind)?.(answer ?? null) ?? "null");
  };
}

/** Returns the function that writes the answers to a request as JSON text. */
function answerWriter(request: RequestInterface): (answer: Value | Newest<Value>) => string {
  const { name, answer: schema } = request;
  const write = schemaWriter(answerSchema(request));
  const textOf = (value: Value) => canonicalJson(write({ kind: name, value }, ""));
  const [list] = typeof schema === "object" && "struct" in schema ? schema.struct : [];
  return (answer) =>
    answer instanceof Newest
      ? pageText(answer, (page) => textOf({ [list?.name ?? ""]: page }))
      : textOf(answer);
}

/** @throws {@link ContractError} `contract/bad-request` */
function readRequest({ id }: BuiltIn, read: JsonReader<Message>, bytes: Uint8Array): Message {
  try {
    return decodeJson(fromUtf8(bytes), read, requestLimits);
  } catch (cause) {
    if (!isMalformed(cause)) throw cause;
    throw new ContractError({ code: "contract/bad-request", contractId: contractText(id) }, { cause });
  }
}

/** The reader for a contract without commands. Accepts any JSON; the status is then `BadContractId`. */
const readNone: JsonReader<Message> = () => ({ kind: "", value: null });

function isMalformed(error: unknown): boolean {
  return error instanceof JsonError || error instanceof BytesError;
}
