/** Loads libsodium where native addons are allowed. */
import { createRequire } from "node:module";

/** The part of `sodium-native` that this package uses. */
export interface Sodium {
  readonly crypto_generichash: (output: Uint8Array, input: Uint8Array) => void;
  readonly crypto_sign_verify_detached: (
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
  ) => boolean;
}

/**
 * Loads libsodium. Returns `undefined` if the addon cannot be loaded, because permission flags forbid it or
 * no prebuilt binary fits this machine. No `import` names the addon, so a bundle neither contains nor
 * requires it.
 */
export function loadSodium(): Sodium | undefined {
  try {
    return createRequire(import.meta.url)("sodium-native") as Sodium;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
