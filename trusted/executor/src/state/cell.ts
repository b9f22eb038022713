/**
 * Typed entries of a state. A cell has a name, ids that distinguish its entries, and a SCALE codec for their
 * values.
 */
import { decodeAll, encode } from "@pruntime/core/scale";
import { ContractError } from "../error.ts";
import type { Codec } from "./codec.ts";
import type { State, StateView } from "./overlay.ts";

/** The entries `name`, `name/a`, `name/a/b`, … of one type. Their keys are these ASCII texts. */
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

  /** Reads an entry that another entry refers to. @throws {@link ContractError} `contract/missing-entry` */
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

/** A cell of any type, with only the fields that {@link checkEntry} needs. */
export type AnyCell = Pick<Cell<unknown>, "name" | "decode">;

/**
 * Returns whether one of the cells has the name with which the key starts, up to the first `/`.
 * @throws CodecError, BytesError if there is such a cell, but the value is not of the cell's type
 */
export function checkEntry(cells: readonly AnyCell[], key: string, value: Uint8Array): boolean {
  const [name] = key.split("/", 1);
  const cell = cells.find((known) => known.name === name);
  cell?.decode(value);
  return cell !== undefined;
}
