/**
 * Reads the files of the offline commands. The extension of the file name determines the format: `.json`,
 * `.hex`, `.b64`, or binary SCALE for any other extension. In a JSON file, bytes are a string of hex. If the
 * file is a whole JSON-RPC answer, its `result` is used.
 */
import { extname } from "node:path";
import { from0x, fromBase64, fromHex } from "@pruntime/core/bytes";
import { type Json, type JsonLimits, type JsonObject, json0x, parseJson } from "@pruntime/core/json";
import { maxChainFileBytes, readBytes } from "../terminal/file.ts";
import { textOf, withoutSpace } from "../terminal/text.ts";

/** The content of a file. */
export type Input =
  | { readonly kind: "json"; readonly value: Json }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

const limits: JsonLimits = { maxLength: maxChainFileBytes, maxDepth: 64 };

/**
 * Reads a file in the format of its extension.
 * @throws CliError `cli/bad-file`, `cli/file-too-large`
 * @throws BytesError, JsonError if it is malformed
 */
export function readInput(path: string): Input {
  const content = readBytes(path, maxChainFileBytes);
  switch (extname(path).toLowerCase()) {
    case ".json":
      return { kind: "json", value: resultOf(parseJson(textOf(content), limits)) };
    case ".hex":
      return { kind: "bytes", bytes: hexText(withoutSpace(textOf(content))) };
    case ".b64":
      return { kind: "bytes", bytes: fromBase64(withoutSpace(textOf(content))) };
    default:
      return { kind: "bytes", bytes: content };
  }
}

/** Returns the bytes of a file that contains only bytes, or a JSON string of hex. @throws JsonError */
export function bytesOf(input: Input): Uint8Array {
  return input.kind === "bytes" ? input.bytes : json0x()(input.value, "");
}

/** Reads a file that may be JSON or SCALE. A JSON string is read as hex of the SCALE bytes. */
export function inputOf<T>(
  input: Input,
  fromJson: (value: Json) => T,
  fromBytes: (bytes: Uint8Array) => T,
): T {
  if (input.kind === "json" && typeof input.value !== "string") return fromJson(input.value);
  return fromBytes(bytesOf(input));
}

function hexText(text: string): Uint8Array {
  return text.startsWith("0x") ? from0x(text) : fromHex(text);
}

function resultOf(value: Json): Json {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const { jsonrpc, result } = value as JsonObject;
  return jsonrpc === undefined || result === undefined ? value : result;
}
