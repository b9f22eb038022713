/** Actions that export and import a worker's whole state. */
import { jsonAnnotated, jsonHex, jsonObject, jsonString } from "@pruntime/core/json";
import { action } from "../action.ts";
import { maxFrameBytes } from "../frames.ts";
import { hexText, kib, mib, nothing, shortReplyBytes } from "./fields.ts";
import { needsChain, needsMark } from "./refusals.ts";

/** Exports the whole state, sealed. */
export const dumpStates = /* @__PURE__ */ action(() => ({
  name: "dump_states",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: maxFrameBytes - mib, // a frame carries the reply and its statement
  summary: "Exports the whole state, sealed to this worker's sealing key and bound to its height.",
  example: {},
  input: nothing,
  output: jsonObject(
    { data: jsonAnnotated(jsonString(), { description: "hex of the sealed state" }), nonce: hexText(12) },
    "ignored",
  ),
  errors: needsMark,
}));

/** Replaces the state with an exported state. */
export const loadStates = /* @__PURE__ */ action(() => ({
  name: "load_states",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: 128 * mib,
  maxReplyBytes: shortReplyBytes,
  summary: "Imports a state of the same chain and anchor that is not older than the worker's own.",
  example: { data: "", nonce: "00".repeat(12) },
  input: jsonObject(
    { data: jsonAnnotated(jsonString(), { description: "hex of the sealed state" }), nonce: jsonHex(12) },
    "ignored",
  ),
  output: nothing,
  errors: { ...needsChain, "executor/state-full": 503 },
}));
