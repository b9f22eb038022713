/**
 * Typed entries of a state: a name, what distinguishes the entries of that name, and the SCALE form of a
 * value.
 */
import { decodeAll, encode } from "@pruntime/core/scale";
import { ContractError } from "../error.ts";
import type { Codec } from "./codec.ts";
import type { State, StateView } from "./overlay.ts";

/** The entries `name`, `name/a`, `name/a/b`, … of one type. Their keys are these texts, which are ASCII. */
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

  /** An entry that another entry promises. @throws {@link ContractError} `contract/missing-entry` */
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

/** A cell of any type, as far as an entry is checked against it. */
export type AnyCell = Pick<Cell<unknown>, "name" | "decode">;

/**
 * Whether one of the cells has this entry: by the first word of its key. @throws CodecError for another value
 */
export function checkEntry(cells: readonly AnyCell[], key: string, value: Uint8Array): boolean {
  const [name] = key.split("/", 1);
  const cell = cells.find((known) => known.name === name);
  cell?.decode(value);
  return cell !== undefined;
}
