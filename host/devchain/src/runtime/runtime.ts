import type { AttestationRoots } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import { createRuntimeCodecs, type RuntimeCodecs } from "../codecs.ts";
import { Validators } from "../consensus/authorities.ts";
import type { Role } from "../network.ts";
import type { RuntimeVersion } from "../types.ts";
import { runtimeCode } from "./code/code.ts";
import { runtimeVersionOf, versionConstant } from "./version.ts";

/** What every block of a chain is executed with, until an upgrade puts another in its place. */
export interface Runtime {
  readonly crypto: Crypto;
  readonly codecs: RuntimeCodecs;
  readonly version: RuntimeVersion;
  /** What `:code` holds. */
  readonly code: Uint8Array;
  readonly validators: Validators;
  readonly maxPayload: number;
  readonly stateVersion: 0 | 1;
  readonly role: Role;
  /** Whose evidence the registry believes. */
  readonly attestationRoots: AttestationRoots;
}

export interface RuntimeOptions {
  readonly crypto: Crypto;
  readonly maxPayload: number;
  readonly stateVersion: 0 | 1;
  readonly role: Role;
  readonly attestationRoots: AttestationRoots;
}

/** The version a chain begins with. */
export const firstSpecVersion = 1;

/** A chain's runtimes, past and to come, by their `spec_version`. */
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
    const { crypto, maxPayload, stateVersion, role, attestationRoots } = this.#options;
    const version = runtimeVersionOf(specVersion, stateVersion, role);
    const codecs = createRuntimeCodecs(crypto, {
      maxPayload,
      specVersion,
      role,
      version: versionConstant(version),
    });
    const code = runtimeCode(codecs, version);
    return {
      crypto,
      codecs,
      version,
      code,
      validators: this.#validators,
      maxPayload,
      stateVersion,
      role,
      attestationRoots,
    };
  }
}
