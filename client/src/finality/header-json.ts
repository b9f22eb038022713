/** Reads headers in the JSON of nodes and encodes them as SCALE, the form that is hashed. */
import { readDigestItem } from "@pruntime/core/chain";
import {
  type Json,
  JsonError,
  type JsonReader,
  json0x,
  jsonArray,
  jsonObject,
  jsonU32,
} from "@pruntime/core/json";
import { decodeAll, encode } from "@pruntime/core/scale";

/** A block number in the hex of JSON-RPC, or as a plain number. */
const jsonBlockNumber: JsonReader<number> = (value, at) => {
  if (typeof value !== "string") return jsonU32(value, at);
  if (!/^0x[0-9a-fA-F]{1,8}$/.test(value))
    throw new JsonError({ code: "json/out-of-range", at, want: "u32 in hex after 0x" });
  return Number.parseInt(value.slice(2), 16);
};

const jsonHeader = jsonObject(
  {
    parentHash: json0x(32),
    number: jsonBlockNumber,
    stateRoot: json0x(32),
    extrinsicsRoot: json0x(32),
    digest: jsonObject({ logs: jsonArray(json0x()) }),
  },
  "ignored",
);

/** Encodes a node's JSON header as SCALE. @throws JsonError, CodecError */
export function headerOfJson(value: Json): Uint8Array {
  const { parentHash, number, stateRoot, extrinsicsRoot, digest } = jsonHeader(value, "");
  for (const log of digest.logs) decodeAll(log, readDigestItem);
  return encode(digest.logs, (w, logs) => {
    w.raw(parentHash).compact(number).raw(stateRoot).raw(extrinsicsRoot);
    w.vec(logs, (w, log) => w.raw(log));
  });
}
