/** Readers of fields that several actions share. */
import {
  type JsonObject,
  type JsonReader,
  jsonAnnotated,
  jsonAnyObject,
  jsonObject,
  jsonPattern,
  jsonString,
  jsonU32,
  type Read,
} from "@pruntime/core/json";

/** Bytes of one KiB. */
export const kib = 1024;

/** Bytes of one MiB. */
export const mib: number = 1024 * kib;

/** An input without keys. */
export const nothing = /* @__PURE__ */ jsonObject({}, "ignored");

/** Lower-case hex of `length` bytes without `0x`, kept as text. */
export function hexText(length: number): JsonReader<string, string> {
  return jsonPattern(new RegExp(`^[0-9a-f]{${2 * length}}$`), `${length} bytes of hex`);
}

/** The same, or "" before the worker has a chain. */
export function hexTextOnceStarted(length: number): JsonReader<string, string> {
  const reader = jsonPattern(new RegExp(`^(?:[0-9a-f]{${2 * length}})?$`), `${length} bytes of hex, or ""`);
  return jsonAnnotated(reader, { description: "empty before init_runtime" });
}

/** A decimal integer without sign, kept as text. */
export function decimalText(): JsonReader<string, string> {
  return jsonPattern(/^(?:0|[1-9][0-9]{0,19})$/, "a decimal integer");
}

/** Padded base64, kept as text: the action decodes it, because 2020 had words for text that is not base64. */
export function base64Text(description: string): JsonReader<string, string> {
  return jsonAnnotated(jsonString(), { description, contentEncoding: "base64" });
}

/** A block, as the worker names it. */
export function blockName() {
  return jsonObject({ hash: hexText(32), number: jsonU32 }, "ignored");
}

/** Hash (32 bytes of hex) and number of a block. */
export type BlockName = Read<ReturnType<typeof blockName>>;

/** Evidence as the hardware made it, left unread. */
export function shownEvidence(): JsonReader<JsonObject, JsonObject> {
  return jsonAnnotated(jsonAnyObject, {
    description: "as the hardware made it; `collateral` of the envelope endorses it",
  });
}
