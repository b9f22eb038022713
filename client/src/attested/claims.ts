/** What a worker says when it is asked for evidence: whose keys, which chain, and what is to prove it. Nothing of it is believed yet. */
import { type Json, type JsonObject, type JsonReader, jsonHex, jsonObject } from "@pruntime/core/json";
import type { TrustedWorker } from "../worker.ts";

export interface Claims {
  readonly worker: TrustedWorker;
  /** What the hardware gave, without what its maker publishes about it. */
  readonly evidence: JsonObject;
}

/** An object of any keys. @throws JsonError */
export const objectOf: JsonReader<JsonObject> = (value, at) => {
  jsonObject({}, "ignored")(value, at);
  return value as JsonObject;
};

const fields = jsonObject(
  {
    anchor: jsonHex(32),
    ecdh_public_key: jsonHex(65),
    evidence: objectOf,
    genesis_hash: jsonHex(32),
    public_key: jsonHex(33),
  },
  "ignored",
);

/** Reads the payload of `get_evidence`. @throws JsonError */
export function readClaims(payload: Json): Claims {
  const { anchor, ecdh_public_key, evidence, genesis_hash, public_key } = fields(payload, "payload");
  return {
    worker: { anchor, ecdhPublicKey: ecdh_public_key, genesisHash: genesis_hash, publicKey: public_key },
    evidence,
  };
}
