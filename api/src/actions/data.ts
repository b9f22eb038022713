/** Actions on the files of DataPlaza's data area. */
import { jsonObject, jsonString } from "@pruntime/core/json";
import { action } from "../action.ts";
import { base64Text, fileReplyBytes, kib, mib } from "./fields.ts";
import { needsMark } from "./refusals.ts";

/** Writes a file. */
export const setData = /* @__PURE__ */ action(() => ({
  name: "set",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: 24 * mib,
  maxReplyBytes: fileReplyBytes,
  summary: "Writes a file, in clear or sealed by its owner, into DataPlaza's data area.",
  example: { data: "aGVsbG8=", path: "/ipfs/hello" },
  input: jsonObject({ data: base64Text("the file"), path: jsonString() }, "ignored"),
  output: jsonObject({ data: base64Text("the file"), path: jsonString() }, "ignored"),
  errors: needsMark,
}));

/** Reads a file, which may be the result of a join. */
export const getData = /* @__PURE__ */ action(() => ({
  name: "get",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: fileReplyBytes,
  summary: "Reads a file in clear of DataPlaza's data area, or the result of a join.",
  example: { path: "/ipfs/hello" },
  input: jsonObject({ path: jsonString() }, "ignored"),
  output: jsonObject({ path: jsonString(), value: base64Text("the file") }, "ignored"),
  errors: needsMark,
}));
