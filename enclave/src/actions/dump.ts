/** `dump_states` and `load_states`: the worker's whole state, sealed as a blob is; 2020 wrote nonce and ciphertext apart. */
import { concat, fromHex, toHex } from "@pruntime/core/bytes";
import { type Json, jsonHex, jsonObject, jsonString } from "@pruntime/core/json";
import { type Answer, ask, type Enclave } from "./action.ts";

const input = jsonObject({ data: jsonString(), nonce: jsonHex(12) }, "ignored");
const name = "dump";

export function dumpStates(enclave: Enclave): Answer {
  const { dump } = ask(enclave, { kind: "dump" });
  const sealed = enclave.sealer.seal(name, dump);
  return { payload: { data: toHex(sealed.subarray(13)), nonce: toHex(sealed.subarray(1, 13)) } };
}

export function loadStates(enclave: Enclave, json: Json): Answer {
  const { data, nonce } = input(json, "/input");
  const sealed = concat(Uint8Array.of(1), nonce, fromHex(data));
  ask(enclave, { kind: "load", dump: enclave.sealer.open(name, sealed) });
  return { payload: {} };
}
