/** Readers of fields that several actions share. */
import { maxLineage } from "@pruntime/core/attestation";
import {
  type JsonObject,
  type JsonReader,
  jsonAnnotated,
  jsonAnyObject,
  jsonArray,
  jsonHex,
  jsonObject,
  jsonPattern,
  jsonString,
  jsonU32,
  type Read,
} from "@pruntime/core/json";

/** Bytes in one KiB. */
export const kib = 1024;

/** Bytes in one MiB. */
export const mib: number = 1024 * kib;

/**
 * A reply without lists, files or evidence.
 * @limit bytes
 * @source chosen
 * @past the enclave answers `enclave/reply-too-large`; a client stops reading with `client/reply-too-large`,
 * a relay likewise
 */
export const shortReplyBytes: number = 16 * kib;

/**
 * A reply with evidence and its collateral.
 * @limit bytes
 * @source the limits of the parts of evidence and collateral, in base64 and escaped
 * @past the enclave answers `enclave/reply-too-large`; a client stops reading with `client/reply-too-large`,
 * a relay likewise
 */
export const evidenceReplyBytes: number = 12 * mib;

/**
 * A reply with a file of the data area.
 * @limit bytes
 * @source a file of the data area in base64
 * @past the enclave answers `enclave/reply-too-large`; a client stops reading with `client/reply-too-large`,
 * a relay likewise
 */
export const fileReplyBytes: number = 24 * mib;

/** An input or output without fields. */
export const nothing = /* @__PURE__ */ jsonObject({}, "ignored");

/** Lower-case hex of `length` bytes without `0x`, kept as text. */
export function hexText(length: number): JsonReader<string, string> {
  return jsonPattern(new RegExp(`^[0-9a-f]{${2 * length}}$`), `${length} bytes of hex`);
}

/** Like {@link hexText}, but may be "" before the worker has a chain. */
export function hexTextOnceStarted(length: number): JsonReader<string, string> {
  const reader = jsonPattern(new RegExp(`^(?:[0-9a-f]{${2 * length}})?$`), `${length} bytes of hex, or ""`);
  return jsonAnnotated(reader, { description: "empty before init_runtime" });
}

/** A decimal integer without sign, kept as text. */
export function decimalText(): JsonReader<string, string> {
  return jsonPattern(/^(?:0|[1-9][0-9]{0,19})$/, "a decimal integer");
}

/**
 * Padded base64, kept as text. Each action decodes the text itself: in units, because the text can be long,
 * and with the error message of 2020 where there was one.
 * @param maxBytes how many bytes the text may stand for, rounded up to a multiple of three
 */
export function base64Text(description: string, maxBytes?: number): JsonReader<string, string> {
  const text = maxBytes === undefined ? jsonString() : jsonString(4 * Math.ceil(maxBytes / 3));
  return jsonAnnotated(text, { description, contentEncoding: "base64" });
}

/** Reads a block's hash and number. */
export function blockName() {
  return jsonObject({ hash: hexText(32), number: jsonU32 }, "ignored");
}

/** A block: its hash, as the hex of 32 bytes, and its number. */
export type BlockName = Read<ReturnType<typeof blockName>>;

/** Reads evidence in the form in which the hardware produced it, without decoding it further. */
export function shownEvidence(): JsonReader<JsonObject, JsonObject> {
  return jsonAnnotated(jsonAnyObject, {
    description: "as the hardware produced it; the envelope's `collateral` endorses it",
  });
}

/** Reads the code that held a worker's keys before it, as JSON. */
export function shownLineage(): JsonReader<readonly JsonObject[], readonly JsonObject[]> {
  return jsonAnnotated(jsonArray(jsonAnyObject, maxLineage), {
    description: "the code that held the key agreement key before this worker, to which evidence is bound",
  });
}

/** Reads a query key and the identity key's signature over the key, the genesis hash and the anchor. */
export function signedQueryKey() {
  return jsonObject({ public_key: jsonHex(65), signature: jsonHex(64) }, "ignored");
}
