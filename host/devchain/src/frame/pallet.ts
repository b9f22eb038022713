/**
 * A pallet is one value that declares calls and their implementations, events, errors, constants, storage and
 * a part of the genesis state. Metadata, codecs and dispatch are all derived from this value, so they cannot
 * diverge.
 */
import type { Crypto } from "@pruntime/core/crypto";
import type { Fields, NamedType } from "../metadata/type-registry.ts";
import type { RuntimeCodecs, Value } from "./codec.ts";
import type { Context } from "./context.ts";
import type { Storage } from "./storage.ts";
import type { StorageItem } from "./storage-item.ts";
import type { Weigh } from "./weight.ts";

/** A call, with its arguments in order. */
export interface Call {
  readonly name: string;
  readonly index: number;
  readonly args: Readonly<Record<string, string>>;
  readonly docs?: string;
  /**
   * Executes the call with decoded arguments. `who` (0x-hex) is the account that sends it. An inherent has no
   * such function, because no account may sign it.
   * @throws DispatchFailure, which undoes the call's changes and events
   */
  readonly run?: (context: Context, who: string, args: never) => void;
  /** The weight in picoseconds, including the weights of inner calls. Default: `usualWeight`. */
  readonly weight?: (args: never, weigh: Weigh) => bigint;
}

/** The tools with which a pallet writes the genesis state. */
export interface GenesisState {
  readonly crypto: Crypto;
  readonly codecs: RuntimeCodecs;
  readonly storage: Storage;
}

/** A part of the runtime. Metadata, calls and state contain only the pallets in the runtime's list. */
export interface Pallet {
  readonly name: string;
  readonly index: number;
  /** The types that the pallet defines, by the names that its declarations use for them. */
  readonly types?: Readonly<Record<string, NamedType>>;
  readonly calls?: readonly Call[];
  readonly events?: Readonly<Record<string, Fields>>;
  /** The names of the errors, in order of their indices. */
  readonly errors?: readonly string[];
  /** The type and the value of each constant. */
  readonly constants?: Readonly<Record<string, readonly [type: string, value: Value]>>;
  readonly storage?: readonly StorageItem[];
  readonly genesis?: (state: GenesisState) => void;
}
