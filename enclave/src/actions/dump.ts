/** `dump_states` and `load_states`: the worker's whole state, sealed like a blob that is named `dump`. */
import { fromHex, toHex } from "@pruntime/core/bytes";
import { type Json, jsonHex, jsonObject, jsonString } from "@pruntime/core/json";
import { joinSealed, splitSealed } from "../sealing.ts";
import { type Answer, ask, type Enclave } from "./action.ts";

const input = jsonObject({ data: jsonString(), nonce: jsonHex(12) }, "ignored");
const name = "dump";

export function dumpStates(enclave: Enclave): Answer {
  const { dump } = ask(enclave, { kind: "dump" });
  const { nonce, cipher } = splitSealed(enclave.sealer.seal(name, dump));
  return { payload: { data: toHex(cipher), nonce: toHex(nonce) } };
}

export function loadStates(enclave: Enclave, json: Json): Answer {
  const { data, nonce } = input(json, "/input");
  ask(enclave, { kind: "load", dump: enclave.sealer.open(name, joinSealed(nonce, fromHex(data))) });
  return { payload: {} };
}
