/** Typed entries of a contract's state: a name, what distinguishes entries of that name, and the SCALE form of a value. */
import { decodeAll, encode, type Reader, type Writer } from "@pruntime/core/scale";
import { ContractError } from "./error.ts";
import type { State, StateView } from "./state.ts";

/** How a value is stored. */
export interface Codec<T> {
  readonly read: (r: Reader) => T;
  readonly write: (w: Writer, value: T) => void;
}

/** Entries `name`, `name/a`, `name/a/b`, … of one type. */
export class Cell<T> {
  readonly name: string;
  readonly #codec: Codec<T>;

  constructor(name: string, codec: Codec<T>) {
    this.name = name;
    this.#codec = codec;
  }

  get(state: StateView, ...ids: readonly (string | number)[]): T | undefined {
    const bytes = state.get(this.#key(ids));
    return bytes && this.decode(bytes);
  }

  /** An entry that must be there. @throws {@link ContractError} `contract/missing-entry` */
  require(state: StateView, ...ids: readonly (string | number)[]): T {
    const value = this.get(state, ...ids);
    if (value === undefined) throw new ContractError({ code: "contract/missing-entry", key: this.#key(ids) });
    return value;
  }

  set(state: State, value: T, ...ids: readonly (string | number)[]): void {
    state.set(this.#key(ids), encode(value, this.#codec.write));
  }

  delete(state: State, ...ids: readonly (string | number)[]): void {
    state.delete(this.#key(ids));
  }

  /** @throws CodecError */
  decode(bytes: Uint8Array): T {
    return decodeAll(bytes, this.#codec.read);
  }

  #key(ids: readonly (string | number)[]): string {
    return ids.length === 0 ? this.name : `${this.name}/${ids.join("/")}`;
  }
}

/** A cell of any type, as far as a dump needs it. */
export type AnyCell = Pick<Cell<unknown>, "name" | "decode">;

/** The cell whose entry `key` is, by its first word. */
export function cellOf(cells: readonly AnyCell[], key: string): AnyCell | undefined {
  const [name] = key.split("/", 1);
  return cells.find((cell) => cell.name === name);
}

export const u32: Codec<number> = { read: (r) => r.u32(), write: (w, value) => w.u32(value) };
export const u128: Codec<bigint> = { read: (r) => r.u128(), write: (w, value) => w.u128(value) };
