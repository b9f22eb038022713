import type { Crypto } from "@pruntime/core/crypto";
import { createRuntimeCodecs, type RuntimeCodecs } from "../codecs.ts";
import { Validators } from "../consensus/authorities.ts";
import type { RuntimeVersion } from "../types.ts";
import { runtimeVersionOf, versionConstant } from "./version.ts";

/** What every block of a chain is executed with. */
export interface Runtime {
  readonly crypto: Crypto;
  readonly codecs: RuntimeCodecs;
  readonly version: RuntimeVersion;
  readonly validators: Validators;
  readonly maxPayload: number;
  readonly stateVersion: 0 | 1;
}

export interface RuntimeOptions {
  readonly crypto: Crypto;
  readonly maxPayload: number;
  readonly stateVersion: 0 | 1;
}

export function createRuntime({ crypto, maxPayload, stateVersion }: RuntimeOptions): Runtime {
  const version = runtimeVersionOf(stateVersion);
  const codecs = createRuntimeCodecs(crypto, { maxPayload, version: versionConstant(version) });
  return { crypto, codecs, version, validators: new Validators(crypto), maxPayload, stateVersion };
}
