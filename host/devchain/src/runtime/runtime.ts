/** A chain's runtimes. Each runtime executes the chain's blocks until an upgrade replaces the runtime. */
import type { Crypto } from "@pruntime/core/crypto";
import { Validators } from "../consensus/authorities.ts";
import type { RuntimeCodecs } from "../frame/codec.ts";
import { type Dispatch, dispatcherOf, weigherOf } from "../frame/dispatch.ts";
import type { BlockLimits } from "../frame/limits.ts";
import type { Pallet } from "../frame/pallet.ts";
import type { Weigh } from "../frame/weight.ts";
import { createRuntimeCodecs } from "../metadata/codecs.ts";
import type { Role } from "../network.ts";
import { type ChainSpec, palletsOf } from "../pallets/index.ts";
import type { RuntimeVersion } from "../types.ts";
import { runtimeCode } from "./code/code.ts";
import { runtimeVersionOf, versionConstant } from "./version.ts";

/** The runtime that executes a chain's blocks until an upgrade replaces it. */
export interface Runtime {
  readonly crypto: Crypto;
  readonly pallets: readonly Pallet[];
  readonly codecs: RuntimeCodecs;
  readonly dispatch: Dispatch;
  readonly weigh: Weigh;
  readonly limits: BlockLimits;
  readonly version: RuntimeVersion;
  /** The content of `:code`. */
  readonly code: Uint8Array;
  readonly validators: Validators;
  readonly stateVersion: 0 | 1;
  readonly role: Role;
}

/** The properties that all runtimes of a chain share. */
export interface RuntimeOptions {
  readonly crypto: Crypto;
  readonly stateVersion: 0 | 1;
  /** The `system_version` of each runtime, starting with the first. */
  readonly systemVersions: readonly number[];
  readonly chain: ChainSpec;
}

/** The `spec_version` with which a chain starts. */
export const firstSpecVersion = 1;

/** All runtimes of a chain by their `spec_version`. Each runtime is made on its first use. */
export class Runtimes {
  readonly #options: RuntimeOptions;
  readonly #validators: Validators;
  readonly #made = new Map<number, Runtime>();

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#validators = new Validators(options.crypto);
  }

  get genesis(): Runtime {
    return this.at(firstSpecVersion);
  }

  at(specVersion: number): Runtime {
    const known = this.#made.get(specVersion) ?? this.#make(specVersion);
    this.#made.set(specVersion, known);
    return known;
  }

  #make(specVersion: number): Runtime {
    const { crypto, stateVersion, systemVersions, chain } = this.#options;
    const role = chain.network.kind;
    const systemVersion =
      systemVersions[specVersion - firstSpecVersion] ?? systemVersions.at(-1) ?? stateVersion;
    const version = runtimeVersionOf(specVersion, systemVersion, role);
    const pallets = palletsOf(chain, {
      version: versionConstant(version),
      authorities: this.#validators.authorities(0n),
    });
    const codecs = createRuntimeCodecs(crypto, { pallets, role });
    return {
      crypto,
      pallets,
      codecs,
      dispatch: dispatcherOf(pallets),
      weigh: weigherOf(pallets),
      limits: chain.limits,
      version,
      code: runtimeCode(codecs, version),
      validators: this.#validators,
      stateVersion,
      role,
    };
  }
}
