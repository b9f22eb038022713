/**
 * What an action of the REST interface is, as data: server, client, command line and documents read one row.
 * A caller sends `POST /<name>` with `{"input":{…},"nonce":{…}}`. The reply is a signed envelope whose
 * `payload` is JSON text.
 */
import type { JsonReader, Read, Wire } from "@pruntime/core/json";

/**
 * Who may call: anyone, or only the operator, who calls from the same machine or has the operator's token.
 */
export type Access = "public" | "operator";

/** The row of one action: what it is called by, who may call it, what it reads and what it answers. */
export interface Action<N extends string, I extends AnyReader, O extends AnyReader> {
  /** The last part of the path. */
  readonly name: N;
  /** Reads `input`. Its schema documents it. */
  readonly input: I;
  /** Reads what `payload` holds as text when `status` is "ok". Its schema documents it. */
  readonly output: O;
  readonly access: Access;
  /** The edition of the interface that introduced the action. */
  readonly since: "2020-05" | "2020-09" | "successor";
  /** Largest request body, in bytes. */
  readonly maxBodyBytes: number;
  /** Served only when the operator started the worker with development actions. */
  readonly devOnly?: true;
  /** Calls of one address in a gateway's window, where that is fewer than for other actions. */
  readonly maxCalls?: number;
  /** The payload has `evidence`, which a gateway endorses by `collateral` in the envelope. */
  readonly showsEvidence?: true;
  /** One sentence. */
  readonly summary: string;
  /** An `input` to try. */
  readonly example: Wire<I>;
  /** HTTP status of each coded refusal that is not answered with 400. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Any reader, whatever it reads. */
export type AnyReader = JsonReader<unknown, unknown>;

/** Any action, where its input and output do not matter. */
export type AnyAction = Action<string, AnyReader, AnyReader>;

/** What a caller needs of a row: it writes `W` as the input's JSON, and reads a `T` from the payload. */
export interface Callable<W, T> {
  readonly name: string;
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

/** Refusals that every action may end in. */
const everyAction = { "enclave/bug": 500 };

/**
 * Makes a row. The row is returned by a function so that a bundler can drop the whole of it from a program
 * that does not use it: write `/* @__PURE__ *\/` in front of the call.
 */
export function action<const N extends string, I extends AnyReader, O extends AnyReader>(
  define: () => Action<N, I, O>,
): Action<N, I, O> {
  const row = define();
  return { ...row, errors: { ...everyAction, ...row.errors } };
}
