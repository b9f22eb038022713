/** How a contract is asked. */
import { readReply, readSignedQuery } from "@pruntime/core/channel";
import { action } from "../action.ts";
import { kib } from "./fields.ts";
import { needsChain } from "./refusals.ts";

/** Asks a contract one question. */
export const query = /* @__PURE__ */ action(() => ({
  name: "query",
  access: "public",
  since: "2020-05",
  maxBodyBytes: 256 * kib,
  summary: "Asks a contract; plain, or sealed to the worker, optionally signed by an account.",
  example: {
    origin: null,
    query_payload: '{"Plain":"{\\"contract_id\\":2,\\"nonce\\":1,\\"request\\":\\"TotalIssuance\\"}"}',
  },
  input: readSignedQuery,
  output: readReply,
  errors: { ...needsChain, "ask/too-many": 429 },
}));
