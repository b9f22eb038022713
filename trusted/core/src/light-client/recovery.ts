/**
 * A recovery: a new checkpoint, signed by keys that the anchor names for this purpose. It replaces an
 * authority set from which no finality proof leads on, as after GRANDPA's forced change: nodes enact such a
 * change by their own rules, without votes of the old set.
 *
 * The file is
 * `{"anchor":"0x…","checkpoint":{…},"replacedSetId":3,"signatures":[{"key":"0x…","signature":"0x…"}]}`.
 */
import { concat, to0x, utf8 } from "../bytes/index.ts";
import { fixed32 } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { writeAuthorityList } from "../grandpa/index.ts";
import { canonicalJson, decodeJson, json0x, jsonArray, jsonObject, jsonU64 } from "../json/index.ts";
import { encode } from "../scale/index.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { checkpointJson, jsonCheckpoint, jsonInteger } from "./checkpoint-json.ts";
import { writePending } from "./dump.ts";
import { maxRecoveryKeys } from "./recovery-limit.ts";

/** What the recovery keys sign. */
export interface Recovery {
  /** The anchor of the workers that may go on from the checkpoint, 32 bytes. */
  readonly anchor: Uint8Array;
  /** The id of the authority set that the checkpoint's set replaces. */
  readonly replacedSetId: bigint;
  readonly checkpoint: Checkpoint;
}

/** An ed25519 signature over {@link recoveryHash}, by one of the recovery keys. */
export interface RecoverySignature {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** A recovery with its signatures, which are not verified. */
export interface SignedRecovery extends Recovery {
  readonly signatures: readonly RecoverySignature[];
}

const file = jsonObject({
  anchor: json0x(32),
  checkpoint: jsonCheckpoint,
  replacedSetId: jsonU64,
  signatures: jsonArray(jsonObject({ key: json0x(32), signature: json0x(64) }), maxRecoveryKeys),
});

/** Decodes the text of a recovery file. Nothing in it is verified. @throws JsonError */
export function decodeRecovery(text: string): SignedRecovery {
  return decodeJson(text, file);
}

/** The text of a recovery file, as one line of JSON. */
export function encodeRecovery({ anchor, checkpoint, replacedSetId, signatures }: SignedRecovery): string {
  return canonicalJson({
    anchor: to0x(anchor),
    checkpoint: checkpointJson(checkpoint),
    replacedSetId: jsonInteger(replacedSetId),
    signatures: signatures.map(({ key, signature }) => ({ key: to0x(key), signature: to0x(signature) })),
  });
}

/**
 * The hash that recovery keys sign: blake2b-256 of `"pruntime/recovery/1" ‖ anchor(32) ‖ replaced set id u64
 * ‖ genesis hash(32) ‖ header Vec<u8> ‖ set id u64 ‖ Vec<(authority(32), weight u64)> ‖ Vec<(announced u32,
 * delay u32, Vec<(authority(32), weight u64)>)> of pending changes`.
 */
export function recoveryHash(crypto: Pick<Crypto, "blake2b256">, recovery: Recovery): Uint8Array {
  const body = encode(recovery, (w, { anchor, replacedSetId, checkpoint }) => {
    const { genesisHash, encodedHeader, authorities, pending } = checkpoint;
    w.raw(fixed32(anchor)).u64(replacedSetId).raw(fixed32(genesisHash)).vecU8(encodedHeader);
    writeAuthorityList(w.u64(authorities.setId), authorities.authorities);
    w.vec(pending, writePending);
  });
  return crypto.blake2b256(concat(utf8("pruntime/recovery/1"), body));
}
