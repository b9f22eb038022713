/** Actions that export and import a worker's whole state, at once as in 2020, or page by page. */
import { jsonAnnotated, jsonBool, jsonHex, jsonObject, jsonString, jsonU32 } from "@pruntime/core/json";
import { action } from "../action.ts";
import { base64Text, blockName, hexText, kib, mib, nothing, shortReplyBytes } from "./fields.ts";
import { needsChain, needsMark } from "./refusals.ts";

/**
 * A call or a reply with a whole state.
 * @limit bytes
 * @source a state of 4 MiB in hex
 * @past the worker answers `dump/too-large`; a longer state comes in pages
 */
const wholeStateBytes = 9 * mib;

/**
 * A call or a reply with a page of a state.
 * @limit bytes
 * @source a page of 512 KiB in base64
 * @past `http/too-large` for a call; a worker makes no longer page
 */
const pageBytes = 768 * kib;

/** Exports the whole state, sealed. */
export const dumpStates = /* @__PURE__ */ action(() => ({
  name: "dump_states",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: wholeStateBytes,
  summary:
    "Exports the whole state, sealed to this worker's sealing key. A state of more than 4 MiB is exported " +
    "page by page.",
  example: {},
  input: nothing,
  output: jsonObject(
    { data: jsonAnnotated(jsonString(), { description: "hex of the sealed state" }), nonce: hexText(12) },
    "ignored",
  ),
  errors: { ...needsMark, "dump/too-large": 413 },
}));

/** Replaces the state with an exported state. */
export const loadStates = /* @__PURE__ */ action(() => ({
  name: "load_states",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: wholeStateBytes,
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

/** Begins to export the state in pages. */
export const dumpBegin = /* @__PURE__ */ action(() => ({
  name: "dump_begin",
  access: "operator",
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: shortReplyBytes,
  summary:
    "Begins an export of the state after the last dispatched block. At most one export begins per block: a " +
    "second call begins the same export again.",
  example: {},
  input: nothing,
  output: jsonObject({ id: hexText(16), block: blockName() }, "ignored"),
  errors: needsMark,
}));

/** Exports a page of the state, sealed. */
export const dumpPage = /* @__PURE__ */ action(() => ({
  name: "dump_page",
  access: "operator",
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: pageBytes,
  summary: "Exports the next page of the state, sealed together with the export's id and the page's index.",
  example: { id: "00".repeat(16), index: 0 },
  input: jsonObject({ id: jsonHex(16), index: jsonU32 }, "ignored"),
  output: jsonObject({ last: jsonBool, page: base64Text("the sealed page") }, "ignored"),
  errors: { ...needsMark, "executor/given-up": 409 },
}));

/** Imports a page of an exported state. */
export const loadPage = /* @__PURE__ */ action(() => ({
  name: "load_page",
  access: "operator",
  since: "successor",
  maxBodyBytes: pageBytes,
  maxReplyBytes: shortReplyBytes,
  summary:
    "Imports the next page of an exported state. The last page replaces the worker's state, if the export " +
    "is of the same chain and anchor and not older.",
  example: { id: "00".repeat(16), index: 0, page: "" },
  input: jsonObject({ id: jsonHex(16), index: jsonU32, page: base64Text("the sealed page") }, "ignored"),
  output: jsonObject(
    { done: jsonAnnotated(jsonBool, { description: "whether this was the last page" }) },
    "ignored",
  ),
  errors: { ...needsChain, "executor/given-up": 409, "executor/state-full": 503 },
}));
