/** The action that queries a contract. */
import { readReply, readSignedQuery } from "@pruntime/core/channel";
import { action } from "../action.ts";
import { kib } from "./fields.ts";
import { needsMark } from "./refusals.ts";

/** Sends a contract one request. */
export const query = /* @__PURE__ */ action(() => ({
  name: "query",
  access: "public",
  since: "2020-05",
  maxBodyBytes: 256 * kib,
  summary: "Queries a contract: plain or sealed to the worker, and optionally signed by an account.",
  example: {
    origin: null,
    query_payload: '{"Plain":"{\\"contract_id\\":2,\\"nonce\\":1,\\"request\\":\\"TotalIssuance\\"}"}',
  },
  input: readSignedQuery,
  output: readReply,
  errors: { ...needsMark, "query/other-session": 409 },
}));
