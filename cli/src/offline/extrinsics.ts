/**
 * Describes extrinsics: their kind, their signer and their call. Each chain lays out the extensions of a
 * signed extrinsic in its own way, so its call is left with them, unread.
 */
import type { Crypto } from "@pruntime/core/crypto";
import {
  decodeExtrinsic2020,
  decodePushCommand2020,
  readMultiSignature,
  signatureSchemes,
} from "@pruntime/core/extrinsics";
import { decodeValue, type RuntimeMetadata, type VariantValue } from "@pruntime/core/metadata";
import { decodeAll, Reader } from "@pruntime/core/scale";
import { OfflineError } from "./error.ts";

/**
 * Says what an extrinsic is, and what its signer and call are.
 * @param bytes with the compact length in front
 * @throws CodecError; with metadata {@link OfflineError} and MetadataError too
 */
export function describeExtrinsic(
  crypto: Pick<Crypto, "blake2b256">,
  bytes: Uint8Array,
  metadata: RuntimeMetadata | undefined,
): object {
  const head = { hash: crypto.blake2b256(bytes), length: bytes.length };
  const r = new Reader(decodeAll(bytes, (r) => r.vecU8()));
  const preamble = r.u8();
  const version = preamble & 63;
  if (version !== 4 && version !== 5) throw r.badTag("extrinsic version", preamble);
  if (preamble < 64) return { ...head, version, kind: "bare", ...describeCall(r.take(r.left), metadata) };
  if (preamble === 0x45) return { ...head, version, kind: "general", rest: r.take(r.left) };
  if (preamble !== 0x84) throw r.badTag("extrinsic version", preamble);
  return {
    ...head,
    version,
    kind: "signed",
    ...(describeSigned(r.take(r.left)) ?? describe2020(bytes, metadata)),
  };
}

/**
 * `MultiAddress::Id ‖ signature ‖ extensions and call`; `undefined` for addresses of the indices pallet, as
 * in 2020.
 */
function describeSigned(body: Uint8Array): object | undefined {
  if (body[0] !== 0 || signatureSchemes[body[33] ?? 255] === undefined) return undefined;
  const r = new Reader(body.subarray(1));
  return {
    signer: { kind: "account", id: r.take(32) },
    signature: readMultiSignature(r),
    rest: r.take(r.left),
  };
}

function describe2020(bytes: Uint8Array, metadata: RuntimeMetadata | undefined): object {
  const { call, ...rest } = decodeExtrinsic2020(bytes);
  return { ...rest, ...describeCall(call, metadata) };
}

function describeCall(call: Uint8Array, metadata: RuntimeMetadata | undefined): object {
  if (metadata === undefined) return { call, ...pushCommand(call) };
  const [index, ...variant] = [call[0] ?? 256, call.subarray(1)] as const;
  const pallet = metadata.pallets.find((candidate) => candidate.index === index);
  if (pallet?.calls === undefined)
    throw new OfflineError({ code: "extrinsic/unknown-pallet", pallet: index });
  const { kind, value } = decodeValue(metadata, pallet.calls, variant[0]) as VariantValue;
  return { call, pallet: pallet.name, name: kind, arguments: value };
}

/** Metadata of 2020's chains is not read here. The one call that carried commands is known. */
function pushCommand(call: Uint8Array): object {
  const command = decodePushCommand2020(call);
  return command === undefined ? {} : { pushCommand: command };
}
