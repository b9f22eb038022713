/**
 * Reads the content of files. Each reader accepts the JSON of a node's answer, or SCALE, and throws
 * JsonError or CodecError.
 */
import { headerOfJson } from "@pruntime/client/finality";
import { readHeader } from "@pruntime/core/chain";
import { type Authority, decodeAuthorityList } from "@pruntime/core/grandpa";
import { type Json, json0x, jsonAny, jsonArray, jsonObject } from "@pruntime/core/json";
import { jsonAuthorities } from "@pruntime/core/light-client";
import { CodecError, decodeAll, type Reader } from "@pruntime/core/scale";
import { type Input, inputOf } from "./input.ts";

/** Reads an authority set. */
export function authoritiesOf(input: Input): readonly Authority[] {
  return inputOf(input, (value) => jsonAuthorities(value, ""), decodeAuthorityList);
}

/** Returns a header's exact bytes. For SCALE, these are all bytes of the file. */
export function headerOf(input: Input): Uint8Array {
  return inputOf(input, headerOfJson, (bytes) => bytes);
}

const jsonByteStrings = jsonArray(json0x());
const jsonReadProof = jsonObject({ proof: jsonByteStrings }, "ignored");

/**
 * Reads a proof's nodes: an array of hex strings, the answer of `state_getReadProof`, or SCALE
 * `Vec<Vec<u8>>`.
 */
export function proofOf(input: Input): readonly Uint8Array[] {
  return inputOf(
    input,
    (value) => (Array.isArray(value) ? jsonByteStrings(value, "") : jsonReadProof(value, "").proof),
    (bytes) => decodeAll(bytes, (r) => r.vec(1, (r) => r.vecU8())),
  );
}

/** A block: its header and its body. */
export interface BlockFile {
  readonly encodedHeader: Uint8Array;
  /** Extrinsics, each prefixed with its compact length. */
  readonly extrinsics: readonly Uint8Array[];
}

const jsonBlock = jsonObject(
  { block: jsonObject({ header: jsonAny, extrinsics: jsonArray(json0x()) }, "ignored") },
  "ignored",
);

/** Reads a block: a `SignedBlock` in the encoding of 2020 or of today, or the answer of `chain_getBlock`. */
export function blockOf(input: Input): BlockFile {
  return inputOf(
    input,
    (value) => {
      const { header, extrinsics } = jsonBlock(value, "").block;
      for (const extrinsic of extrinsics) decodeAll(extrinsic, readExtrinsic);
      return { encodedHeader: headerOf({ kind: "json", value: header }), extrinsics };
    },
    (bytes) => decodeAll(bytes, readSignedBlock),
  );
}

function readSignedBlock(r: Reader): BlockFile {
  const start = r.offset;
  readHeader(r);
  const encodedHeader = r.bytes.subarray(start, r.offset);
  const extrinsics = r.vec(1, readExtrinsic);
  skipJustifications(r);
  return { encodedHeader, extrinsics };
}

/**
 * Skips justifications: `Option<Vec<u8>>` until 2021, `Option<Vec<([u8; 4], Vec<u8>)>>` since then. `verify
 * finality` verifies them.
 */
function skipJustifications(r: Reader): void {
  const rest = r.take(r.left);
  try {
    decodeAll(rest, (r) => r.option((r) => r.vec(5, (r) => [r.take(4), r.vecU8()])));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    decodeAll(rest, (r) => r.option((r) => r.vecU8()));
  }
}

/** Reads `Vec<UncheckedExtrinsic>`, or an array of hex strings. */
export function extrinsicsOf(input: Input): readonly Uint8Array[] {
  const fromJson = (value: Json) => jsonByteStrings(value, "");
  return inputOf(input, fromJson, (bytes) => decodeAll(bytes, (r) => r.vec(1, readExtrinsic)));
}

/** Reads an extrinsic, and returns its bytes with the compact length before them. */
function readExtrinsic(r: Reader): Uint8Array {
  const start = r.offset;
  r.vecU8();
  return r.bytes.subarray(start, r.offset);
}
