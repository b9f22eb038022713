/**
 * Decides whether the next block may include an extrinsic. Uses the names of
 * `sp_runtime::transaction_validity` for the reasons.
 */
import { from0x, to0x } from "@pruntime/core/bytes";
import { CodecError } from "@pruntime/core/scale";
import { decodeStrict, type RuntimeCall } from "../frame/codec.ts";
import type { Storage } from "../frame/storage.ts";
import { account, blockHash } from "../pallets/system.ts";
import { fitsEmptyBlock, type Size } from "./block-meter.ts";
import { birth } from "./era.ts";
import { decodeSigned, type SignedExtrinsic } from "./extrinsic.ts";
import type { Runtime } from "./runtime.ts";
import { isSignedBySigner } from "./signature.ts";

/** The reasons why the next block may not include an extrinsic. */
export type Invalidity =
  | "Call"
  | "Future"
  | "Stale"
  | "BadProof"
  | "AncientBirthBlock"
  | "ExhaustsResources"
  | "BadSigner";

/** The block on which the next block is built. */
export interface Tip {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly genesisHash: Uint8Array;
}

/** An extrinsic whose signature is valid as long as its era begins with the block `birth`. */
export interface CheckedExtrinsic {
  readonly extrinsic: SignedExtrinsic;
  readonly birth: number;
  /** The runtime version that the signature covers. */
  readonly specVersion: number;
  /** `{ type: pallet, value: { type: call, value: arguments } }`. */
  readonly call: RuntimeCall;
  readonly size: Size;
}

/** A decoded extrinsic and its call, both unchecked. */
export type DecodedExtrinsic = Pick<CheckedExtrinsic, "extrinsic" | "call" | "size">;

/** The maximum depth to which calls are nested, equal to `sp_api::MAX_EXTRINSIC_DEPTH` of polkadot-sdk. */
const maxCallDepth = 256;

/**
 * Decodes a signed extrinsic and its call.
 * @throws CodecError if the bytes are malformed, the extrinsic is not signed, the runtime has no such call,
 * or calls are nested too deeply
 */
export function decodeExtrinsic(runtime: Runtime, encoded: Uint8Array): DecodedExtrinsic {
  const extrinsic = decodeSigned(encoded);
  const call = decodeStrict(runtime.codecs.call, extrinsic.call);
  if (call === undefined || isTooDeep(call as RuntimeCall))
    throw new CodecError({
      code: "codec/bad-tag",
      offset: 0,
      type: "RuntimeCall",
      tag: extrinsic.call[0] ?? 0,
    });
  const size = { bytes: encoded.length, weight: runtime.weigh(call as RuntimeCall) };
  return { extrinsic, call: call as RuntimeCall, size };
}

/** Whether calls are nested more deeply than the runtime can decode. */
function isTooDeep(call: RuntimeCall): boolean {
  let calls: readonly RuntimeCall[] = [call];
  for (let depth = 0; calls.length > 0; depth++) {
    if (depth > maxCallDepth) return true;
    calls = calls.flatMap(innerCalls);
  }
  return false;
}

function innerCalls({ value: { value } }: RuntimeCall): readonly RuntimeCall[] {
  const args = value as { readonly call?: RuntimeCall; readonly calls?: readonly RuntimeCall[] } | undefined;
  return args?.calls ?? (args?.call === undefined ? [] : [args.call]);
}

/**
 * Makes all checks except {@link checkNonce}. The result is valid as long as {@link eraHolds} returns true
 * and the runtime's version stays the same.
 */
export function checkExtrinsic(
  runtime: Runtime,
  storage: Storage,
  tip: Tip,
  decoded: DecodedExtrinsic,
): CheckedExtrinsic | Invalidity {
  const { extrinsic } = decoded;
  if (!fitsEmptyBlock(runtime.limits, decoded.size)) return "ExhaustsResources";
  if (extrinsic.signer.every((byte) => byte === 0)) return "BadSigner";
  const at = birth(extrinsic.era, tip.number + 1);
  const birthHash = hashOf(storage, tip, at);
  if (birthHash === undefined) return "AncientBirthBlock";
  const { version, crypto } = runtime;
  const signed = isSignedBySigner(crypto, extrinsic, { version, genesisHash: tip.genesisHash, birthHash });
  return signed ? { ...decoded, birth: at, specVersion: version.specVersion } : "BadProof";
}

/**
 * Whether the era still begins with block `birth` if the block after `tip` includes the extrinsic, and the
 * state has the hash of block `birth`.
 */
export function eraHolds({ extrinsic, birth: at }: CheckedExtrinsic, storage: Storage, tip: Tip): boolean {
  return birth(extrinsic.era, tip.number + 1) === at && hashOf(storage, tip, at) !== undefined;
}

/** Compares the extrinsic's nonce with the signer's next nonce; returns `undefined` if they are equal. */
export function checkNonce(
  { extrinsic }: { readonly extrinsic: SignedExtrinsic },
  storage: Storage,
): "Stale" | "Future" | undefined {
  const { nonce } = storage.get(account, to0x(extrinsic.signer));
  if (extrinsic.nonce === nonce) return undefined;
  return extrinsic.nonce < nonce ? "Stale" : "Future";
}

/** Returns the hash of a block; `undefined` if the state after `tip` no longer has that hash. */
function hashOf(storage: Storage, tip: Tip, number: number): Uint8Array | undefined {
  if (number === 0) return tip.genesisHash;
  if (number === tip.number) return tip.hash;
  return storage.has(blockHash, number) ? from0x(storage.get(blockHash, number)) : undefined;
}
