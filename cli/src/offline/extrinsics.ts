/**
 * Describes extrinsics: their kind, signer and call. In a signed extrinsic, extensions come before the call,
 * and each chain defines its own extensions. The extensions and the call of a signed extrinsic are shown
 * undecoded, unless the extrinsic has the format of 2020.
 */
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import {
  decodeExtrinsic2020,
  decodePushCommand2020,
  readMultiSignature,
  signatureSchemes,
} from "@pruntime/core/extrinsics";
import {
  decodeLeadingValues,
  decodeValue,
  type ExtrinsicFormat,
  MetadataError,
  type RuntimeMetadata,
  type Value,
  type VariantValue,
} from "@pruntime/core/metadata";
import { CodecError, decodeAll, Reader, readCompact } from "@pruntime/core/scale";
import { OfflineError } from "./error.ts";

/**
 * Describes an extrinsic, its signer and its call. If the content after the prefix cannot be decoded, the
 * result has the hash, the length, and the error's code and facts.
 * @param bytes the extrinsic, prefixed with its compact length
 * @throws CodecError if the prefix differs from the number of bytes after it
 */
export function describeExtrinsic(
  crypto: Pick<Crypto, "blake2b256">,
  bytes: Uint8Array,
  metadata: RuntimeMetadata | undefined,
): object {
  const head = { hash: crypto.blake2b256(bytes), length: bytes.length };
  const r = new Reader(decodeAll(bytes, (r) => r.vecU8()));
  try {
    return { ...head, ...describeBody(r, bytes, metadata) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { ...head, ...error.detail };
  }
}

function describeBody(r: Reader, bytes: Uint8Array, metadata: RuntimeMetadata | undefined): object {
  const preamble = r.u8();
  const version = preamble & 63;
  if (version !== 4 && version !== 5) throw r.badTag("extrinsic version", preamble);
  if (preamble < 64) return { version, kind: "bare", ...describeCall(r.take(r.left), metadata) };
  if (preamble === 0x45) return { version, kind: "general", rest: r.take(r.left) };
  if (preamble !== 0x84) throw r.badTag("extrinsic version", preamble);
  return { version, kind: "signed", ...describeSigned(r.take(r.left), bytes, metadata) };
}

/**
 * Describes a signed extrinsic. The metadata defines how a chain encodes addresses and signatures. If the
 * metadata is missing or does not define them, the extrinsic is read both in today's usual format and in the
 * format of 2020. The signer is shown only if exactly one of the two readings succeeds.
 */
function describeSigned(body: Uint8Array, bytes: Uint8Array, metadata: RuntimeMetadata | undefined): object {
  const format = metadata?.extrinsic;
  const readings =
    format === undefined
      ? [readable(() => describeMultiAddress(body)), readable(() => describe2020(bytes, metadata))]
      : [readable(() => describeByMetadata(body, metadata as RuntimeMetadata, format))];
  const [only, ...others] = readings.filter((reading) => reading !== undefined);
  return only === undefined || others.length > 0 ? { signer: { kind: "unknown" }, rest: body } : only;
}

function describeByMetadata(body: Uint8Array, metadata: RuntimeMetadata, format: ExtrinsicFormat): object {
  const { values, rest } = decodeLeadingValues(metadata, [format.address, format.signature], body);
  const [address, signature] = values;
  return { signer: signerOf(address), signature: signatureOf(signature), rest };
}

/** Reads an address: a variant of `MultiAddress`, or a bare account of 32 or 20 bytes. */
function signerOf(address: Value): object {
  if (address instanceof Uint8Array) return accountOf(address);
  const { kind, value } = variantOf(address);
  if (kind === "Id" && value instanceof Uint8Array) return accountOf(value);
  if (kind === "Index") return { kind: "index", index: value };
  if (value instanceof Uint8Array && ["Raw", "Address32", "Address20"].includes(kind))
    return { kind: kind.toLowerCase(), bytes: value };
  return { kind: "unknown" };
}

function accountOf(id: Uint8Array): object {
  const kinds: Readonly<Record<number, string>> = { 32: "account", 20: "account20" };
  const kind = kinds[id.length];
  return kind === undefined ? { kind: "unknown" } : { kind, id };
}

/** A variant of `MultiSignature`, or a bare recoverable signature as on chains with 20-byte accounts. */
function signatureOf(signature: Value): object {
  if (signature instanceof Uint8Array && signature.length === 65)
    return { kind: "ethereum", bytes: signature };
  const { kind, value } = variantOf(signature);
  const scheme = signatureSchemes.find((name) => name === kind.toLowerCase());
  return scheme === undefined || !(value instanceof Uint8Array)
    ? { kind: "unknown" }
    : { kind: scheme, bytes: value };
}

function variantOf(value: Value): VariantValue {
  return typeof value === "object" && value !== null && "kind" in value
    ? (value as VariantValue)
    : { kind: "", value: null };
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CodecError || error instanceof MetadataError)) throw error;
    return undefined;
  }
}

/** `MultiAddress ‖ signature ‖ extensions and call`. */
function describeMultiAddress(body: Uint8Array): object {
  const r = new Reader(body);
  return { signer: readMultiAddress(r), signature: readMultiSignature(r), rest: r.take(r.left) };
}

function readMultiAddress(r: Reader): object {
  const tag = r.u8();
  switch (tag) {
    case 0:
      return { kind: "account", id: r.take(32) };
    case 1:
      return { kind: "index", index: readCompact(r) };
    case 2:
      return { kind: "raw", bytes: r.vecU8() };
    case 3:
      return { kind: "address32", bytes: r.take(32) };
    case 4:
      return { kind: "address20", bytes: r.take(20) };
    default:
      throw r.badTag("MultiAddress", tag);
  }
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

/**
 * Decodes `Execution.push_command` as chains of 2020 encode it, and returns an empty object for any other
 * call. No metadata is needed, because this program does not read the metadata of those chains.
 */
function pushCommand(call: Uint8Array): object {
  const command = decodePushCommand2020(call);
  return command === undefined ? {} : { pushCommand: command };
}
