/** The action that queries a contract. */
import { maxAnswerBytes, readReply, readSignedQuery } from "@pruntime/core/channel";
import { action } from "../action.ts";
import { kib } from "./fields.ts";
import { needsMark } from "./refusals.ts";

/**
 * A reply to a query.
 * @limit bytes
 * @source in a plain reply, an answer is text in JSON in JSON text, so each quote and backslash of the
 * answer may take four bytes. Base64 and padding add less to a sealed reply
 * @past the enclave answers `enclave/reply-too-large`; the client stops reading with
 * `client/reply-too-large`
 */
const queryReplyBytes = 4 * maxAnswerBytes + 4 * kib;

/** Sends a contract one request. */
export const query = /* @__PURE__ */ action(() => ({
  name: "query",
  access: "public",
  betweenSlices: true,
  since: "2020-05",
  maxBodyBytes: 256 * kib,
  maxReplyBytes: queryReplyBytes,
  summary: "Queries a contract: plain or sealed to the worker, and optionally signed by an account.",
  example: {
    origin: null,
    query_payload: '{"Plain":"{\\"contract_id\\":2,\\"nonce\\":1,\\"request\\":\\"TotalIssuance\\"}"}',
  },
  input: readSignedQuery,
  output: readReply,
  errors: { ...needsMark, "query/other-session": 409 },
}));
