/**
 * The project's own checkpoint files:
 * `{"genesisHash":"0x…","header":"0x…","setId":7,"authorities":[["0x…",1],…],
 * "pending":[{"announcedAt":1,"enactsAt":3,"authorities":[…]}]}`.
 * `header` is SCALE, `pending` may be absent, and integers from 2^53 on are decimal strings.
 */
import { to0x } from "../bytes/index.ts";
import type { Authority } from "../grandpa/index.ts";
import {
  canonicalJson,
  decodeJson,
  type Json,
  JsonError,
  type JsonReader,
  json0x,
  jsonAny,
  jsonArray,
  jsonMap,
  jsonObject,
  jsonOptional,
  jsonU32,
  jsonU64,
} from "../json/index.ts";
import type { Checkpoint } from "./checkpoint.ts";

/** Reads one authority as `["0x<32 bytes>", weight]`. */
const authority: JsonReader<Authority> = (value, at) => {
  const parts = jsonArray(jsonAny)(value, at);
  const [id, weight] = parts;
  if (id === undefined || weight === undefined || parts.length > 2)
    throw new JsonError({ code: "json/out-of-range", at, want: "[id, weight]" });
  return { id: json0x(32)(id, `${at}/0`), weight: jsonU64(weight, `${at}/1`) };
};

/** Reads an authority list as `[["0x<32 bytes>", weight], …]`. */
export const jsonAuthorities: JsonReader<readonly Authority[]> = jsonArray(authority);

/** Reads the JSON of a checkpoint. */
export const jsonCheckpoint: JsonReader<Checkpoint> = jsonMap(
  jsonObject({
    genesisHash: json0x(32),
    header: json0x(),
    setId: jsonU64,
    authorities: jsonAuthorities,
    pending: jsonOptional(
      jsonArray(jsonObject({ announcedAt: jsonU32, enactsAt: jsonU32, authorities: jsonAuthorities })),
    ),
  }),
  ({ genesisHash, header, setId, authorities, pending = [] }) => ({
    genesisHash,
    encodedHeader: header,
    authorities: { setId, authorities },
    pending,
  }),
);

/**
 * Decodes the text of a checkpoint file. Nothing in it is verified.
 * @throws JsonError
 */
export function decodeCheckpoint(text: string): Checkpoint {
  return decodeJson(text, jsonCheckpoint);
}

/** The text of a checkpoint file, as one line of JSON. */
export function encodeCheckpoint(checkpoint: Checkpoint): string {
  return canonicalJson(checkpointJson(checkpoint));
}

/** The JSON that {@link jsonCheckpoint} reads. */
export function checkpointJson({ genesisHash, encodedHeader, authorities, pending }: Checkpoint): Json {
  return {
    genesisHash: to0x(genesisHash),
    header: to0x(encodedHeader),
    setId: jsonInteger(authorities.setId),
    authorities: authorities.authorities.map(toPair),
    pending: pending.map((change) => ({ ...change, authorities: change.authorities.map(toPair) })),
  };
}

function toPair({ id, weight }: Authority): Json {
  return [to0x(id), jsonInteger(weight)];
}

/** The JSON of a `u64`: a decimal string from 2^53 on. */
export function jsonInteger(value: bigint): number | string {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? value.toString() : Number(value);
}
