/**
 * A pallet: one value that declares its calls and what they do, its events, errors, constants, storage and
 * part of the genesis state. Metadata, codecs and dispatch are all made from it, so they cannot drift apart.
 */
import type { Crypto } from "@pruntime/core/crypto";
import type { Fields, NamedType } from "../metadata/type-registry.ts";
import type { RuntimeCodecs, Value } from "./codec.ts";
import type { Context } from "./context.ts";
import type { Storage } from "./storage.ts";
import type { StorageItem } from "./storage-item.ts";

/** A call, with its arguments in order. */
export interface Call {
  readonly name: string;
  readonly index: number;
  readonly args: Readonly<Record<string, string>>;
  readonly docs?: string;
  /**
   * Executes the call in the name of an account (0x-hex), with arguments as their codecs give them. An
   * inherent has none: no account may sign it.
   * @throws DispatchFailure, which undoes the call's changes and events
   */
  readonly run?: (context: Context, who: string, args: never) => void;
}

/** The means by which a pallet writes the genesis state. */
export interface GenesisState {
  readonly crypto: Crypto;
  readonly codecs: RuntimeCodecs;
  readonly storage: Storage;
}

/** A part of the runtime. If it is left out of the list, metadata, calls and state have no trace of it. */
export interface Pallet {
  readonly name: string;
  readonly index: number;
  /** Types of its own that its declarations name. */
  readonly types?: Readonly<Record<string, NamedType>>;
  readonly calls?: readonly Call[];
  readonly events?: Readonly<Record<string, Fields>>;
  /** In the order of their indices. */
  readonly errors?: readonly string[];
  /** Type and value. */
  readonly constants?: Readonly<Record<string, readonly [type: string, value: Value]>>;
  readonly storage?: readonly StorageItem[];
  readonly genesis?: (state: GenesisState) => void;
}
