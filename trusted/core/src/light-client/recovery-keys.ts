/**
 * The keys that an anchor can name for a recovery. Together they may sign a new checkpoint, from which
 * workers go on after a change of the authorities that no finality proof covers (recovery.ts).
 */
import { to0x, toHex } from "../bytes/index.ts";
import { fixed32 } from "../chain/index.ts";
import { type JsonReader, json0x, jsonArray, jsonObject, jsonU32, type Wire } from "../json/index.ts";
import type { Reader, Writer } from "../scale/index.ts";
import { LightClientError } from "./error.ts";
import { maxRecoveryKeys } from "./recovery-limit.ts";

/** The keys of which enough must sign. */
export interface RecoveryKeys {
  /** The number of different keys that must sign, from 1 to the number of keys. */
  readonly threshold: number;
  /** ed25519 public keys, 32 bytes each, in ascending order, so that equal lists have equal anchors. */
  readonly keys: readonly Uint8Array[];
}

/** Reads `{"keys":["0x…",…],"threshold":2}`. It does not check the order or the threshold. */
export const jsonRecoveryKeys: JsonReader<
  RecoveryKeys,
  { readonly keys: readonly string[]; readonly threshold: number }
> = jsonObject({
  keys: jsonArray(json0x(32), maxRecoveryKeys),
  threshold: jsonU32,
});

/** What {@link jsonRecoveryKeys} reads. */
export type RecoveryKeysJson = Wire<typeof jsonRecoveryKeys>;

/** Returns the JSON that {@link jsonRecoveryKeys} reads. */
export function recoveryKeysJson({ keys, threshold }: RecoveryKeys): RecoveryKeysJson {
  return { keys: keys.map(to0x), threshold };
}

/**
 * Writes `threshold u8 ‖ Vec<key(32)>`. @throws {@link LightClientError} `recovery/bad-keys` unless the keys
 * are in ascending order, without duplicates, and at least as many as the threshold
 */
export function writeRecoveryKeys(w: Writer, { threshold, keys }: RecoveryKeys): void {
  const ascending = keys.every((key, i) => i === 0 || toHex(keys[i - 1] as Uint8Array) < toHex(key));
  if (!ascending || threshold < 1 || threshold > keys.length || keys.length > maxRecoveryKeys)
    throw new LightClientError({ code: "recovery/bad-keys", threshold, keys: keys.length });
  w.u8(threshold).vec(keys, (out, key) => out.raw(fixed32(key)));
}

/** Reads what {@link writeRecoveryKeys} wrote. @throws CodecError */
export function readRecoveryKeys(r: Reader): RecoveryKeys {
  return { threshold: r.u8(), keys: r.vec(32, (key) => key.take(32).slice()) };
}
