import { fromHex } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { invalidParams } from "./error.ts";

/**
 * Positional parameters of a request. Only `optional` and `value` accept a missing parameter. The other
 * methods throw `-32602` if the parameter is missing, `null` or of the wrong type.
 */
export class Params {
  readonly #values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  /** Reads a parameter with `read`; returns `undefined` if the parameter is missing or `null`. */
  optional<T>(index: number, read: (index: number) => T): T | undefined {
    return this.#values[index] === undefined || this.#values[index] === null
      ? undefined
      : read.call(this, index);
  }

  value(index: number): unknown {
    return this.#values[index];
  }

  text(index: number): string {
    return text(this.#values[index], `params[${index}]`);
  }

  boolean(index: number): boolean {
    const value = this.#values[index];
    if (typeof value !== "boolean") throw invalidParams(`params[${index}] is not a boolean`);
    return value;
  }

  /** Reads an integer from 0 to 2^32-1. */
  u32(index: number): number {
    return u32(this.#values[index], `params[${index}]`);
  }

  bytes(index: number): Uint8Array {
    return bytes(this.#values[index], `params[${index}]`);
  }

  /** Reads a block hash, 32 bytes. */
  hash(index: number): Uint8Array {
    return hash(this.#values[index], `params[${index}]`);
  }

  list<T>(index: number, read: (value: unknown, name: string) => T): readonly T[] {
    const values = this.#values[index];
    if (!Array.isArray(values)) throw invalidParams(`params[${index}] is not an array`);
    return values.map((value, i) => read(value, `params[${index}][${i}]`));
  }

  /** Reads one value or a list of values, and returns a list. */
  oneOrMore<T>(index: number, read: (value: unknown, name: string) => T): readonly T[] {
    return Array.isArray(this.#values[index])
      ? this.list(index, read)
      : [read(this.#values[index], `params[${index}]`)];
  }
}

/** Reads a string. @throws {@link RpcError} `-32602` */
export function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw invalidParams(`${name} is not a string`);
  return value;
}

/** Reads an integer from 0 to 2^32-1. @throws {@link RpcError} `-32602` */
export function u32(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff)
    return value;
  throw invalidParams(`${name} is not an integer from 0 to 4294967295`);
}

/**
 * Reads hex. The `0x` may be missing: if a runtime API has no arguments, polkadot-api sends `""`, which nodes
 * accept. @throws {@link RpcError} `-32602`
 */
export function bytes(value: unknown, name: string): Uint8Array {
  try {
    return fromHex(text(value, name).replace(/^0x/, ""));
  } catch (error) {
    if (error instanceof ProtocolError) throw invalidParams(`${name} is not hex`);
    throw error;
  }
}

/** Reads a hash, 32 bytes of hex. @throws {@link RpcError} `-32602` */
export function hash(value: unknown, name: string): Uint8Array {
  const read = bytes(value, name);
  if (read.length !== 32) throw invalidParams(`${name} is not a 32-byte hash`);
  return read;
}

/** Reads a JSON object. @throws {@link RpcError} `-32602` */
export function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidParams(`${name} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}
