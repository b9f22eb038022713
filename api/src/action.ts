/**
 * The definition of a REST action, as data that the server, the client, the command line and the documents
 * share. A caller sends `POST /<name>` with `{"input":{…},"nonce":{…}}`. The reply is a signed envelope
 * whose `payload` is JSON text.
 */
import type { JsonLimits, JsonReader, Read, Wire } from "@pruntime/core/json";

/**
 * Who may call an action: any caller, or only the operator. The operator presents a token at an address that
 * serves no other caller. In the mode of 2020, every direct caller on the gateway's machine also counts as
 * the operator, without a token.
 */
export type Access = "public" | "operator";

/** One action: its name, who may call it, its input and its output. */
export interface Action<N extends string, I extends AnyReader, O extends AnyReader> {
  /** The last part of the path. */
  readonly name: N;
  /** Reads the request's `input`. The API documents show the schema of this reader. */
  readonly input: I;
  /**
   * Reads the JSON in the reply's `payload` if `status` is "ok". The API documents show the schema of this
   * reader.
   */
  readonly output: O;
  readonly access: Access;
  /** The edition of the interface that introduced the action. */
  readonly since: "2020-05" | "2020-09" | "successor";
  /** Maximum size of a request body, in bytes. */
  readonly maxBodyBytes: number;
  /** Maximum size of a reply body, in bytes, with its collateral. The enclave sends no larger reply. */
  readonly maxReplyBytes: number;
  /** Served only if the operator started the worker with development actions. */
  readonly devOnly?: true;
  /**
   * Time limit for the enclave to answer a call, in milliseconds, if the limit is longer than for other
   * actions. The largest blocks of a chain take minutes on slow hardware.
   */
  readonly timeoutMs?: number;
  /** Set if the payload has `evidence`, for which a gateway adds `collateral` to the envelope. */
  readonly showsEvidence?: true;
  /**
   * Whether the enclave answers the call while a long call is in progress, between two slices of its work.
   * The handler must be short, and must change nothing that another handler reads.
   */
  readonly betweenSlices?: true;
  /** What the action does, in one sentence. */
  readonly summary: string;
  /** An example of a valid `input`. */
  readonly example: Wire<I>;
  /**
   * The HTTP status of each error code that does not have the default status. The default is 400, or 200 if
   * the worker of 2020 has its own message for the error.
   */
  readonly errors: Readonly<Record<string, number>>;
}

/** A reader whose value and JSON may be of any type. */
export type AnyReader = JsonReader<unknown, unknown>;

/** Any action, for code that ignores the types of its input and output. */
export type AnyAction = Action<string, AnyReader, AnyReader>;

/**
 * The part of an action that a caller needs. `input` writes a `W` as JSON, and `output` reads a `T` from the
 * payload.
 */
export interface Callable<W, T> {
  readonly name: string;
  readonly access: Access;
  readonly maxReplyBytes: number;
  readonly timeoutMs?: number;
  readonly input: JsonReader<unknown, W>;
  readonly output: JsonReader<T, unknown>;
}

/** The value that the worker reads from an action's `input`. */
export type InputOf<A extends { readonly input: AnyReader }> = Read<A["input"]>;

/** The JSON that a caller writes as an action's `input`. */
export type InputJsonOf<A extends { readonly input: AnyReader }> = Wire<A["input"]>;

/** The value that a caller reads from an action's payload. */
export type OutputOf<A extends { readonly output: AnyReader }> = Read<A["output"]>;

/** The JSON that the worker writes as an action's payload. */
export type OutputJsonOf<A extends { readonly output: AnyReader }> = Wire<A["output"]>;

/** The part of an action that a transport needs. It reads no more than `maxReplyBytes` of a reply. */
export type Carried = Pick<Callable<unknown, unknown>, "name" | "maxReplyBytes">;

/** The limits of the JSON in a reply to an action: of the envelope, and of the payload in it. */
export function replyLimits({ maxReplyBytes }: Carried): JsonLimits {
  return { maxLength: maxReplyBytes, maxDepth: 64 };
}

/** The HTTP statuses of the errors that every action can return. */
const everyAction = { "enclave/bug": 500, "enclave/reply-too-large": 500 };

/**
 * Makes an action, and adds the errors that every action can return. The argument is a function so that a
 * bundler can drop an unused action completely: write `/* @__PURE__ *\/` before the call.
 */
export function action<const N extends string, I extends AnyReader, O extends AnyReader>(
  define: () => Action<N, I, O>,
): Action<N, I, O> {
  const row = define();
  return { ...row, errors: { ...everyAction, ...row.errors } };
}
