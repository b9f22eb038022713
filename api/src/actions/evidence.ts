/** The actions that return a worker's evidence, and the one that names the operator in it. */
import { jsonAnnotated, jsonHex, jsonNullable, jsonObject, jsonString } from "@pruntime/core/json";
import { action } from "../action.ts";
import {
  evidenceReplyBytes,
  kib,
  shortReplyBytes,
  shownEvidence,
  shownLineage,
  signedQueryKey,
} from "./fields.ts";
import { belowMark, halted, needsEvidence } from "./refusals.ts";

const operatorOf = () =>
  jsonAnnotated(jsonNullable(jsonHex(32)), {
    description: "the operator's account, to which the evidence is bound, or null",
  });

/** Returns fresh evidence of the worker. */
export const getEvidence = /* @__PURE__ */ action(() => ({
  name: "get_evidence",
  access: "public",
  betweenSlices: true,
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: evidenceReplyBytes,
  showsEvidence: true,
  summary:
    "Returns fresh evidence for the worker's keys and chain over the caller's nonce, and the query key.",
  example: { nonce: "00".repeat(32) },
  input: jsonObject(
    {
      nonce: jsonAnnotated(jsonHex(32), {
        description: "32 random bytes from the caller",
      }),
    },
    "ignored",
  ),
  output: jsonObject(
    {
      anchor: jsonHex(32),
      ecdh_public_key: jsonHex(65),
      evidence: shownEvidence(),
      genesis_hash: jsonHex(32),
      lineage: shownLineage(),
      nonce: jsonHex(32),
      operator: operatorOf(),
      provider: jsonString(),
      public_key: jsonHex(33),
      query_key: signedQueryKey(),
    },
    "ignored",
  ),
  errors: { ...needsEvidence, ...belowMark, "runtime/not-initialized": 409 },
}));

/** Returns fresh evidence for the chain's registry. */
export const registrationEvidence = /* @__PURE__ */ action(() => ({
  name: "registration_evidence",
  access: "operator",
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: evidenceReplyBytes,
  showsEvidence: true,
  summary: "Returns fresh evidence with which the operator's account registers the worker.",
  example: { nonce: "00".repeat(32) },
  input: jsonObject(
    { nonce: jsonAnnotated(jsonHex(32), { description: "the hash of a recent block" }) },
    "ignored",
  ),
  output: jsonObject(
    {
      anchor: jsonHex(32),
      ecdh_public_key: jsonHex(65),
      evidence: shownEvidence(),
      lineage: shownLineage(),
      operator: jsonHex(32),
      public_key: jsonHex(33),
    },
    "ignored",
  ),
  errors: { ...needsEvidence, ...belowMark, "enclave/no-operator": 409, "runtime/not-initialized": 409 },
}));

/** Names the operator's account. */
export const setOperator = /* @__PURE__ */ action(() => ({
  name: "set_operator",
  access: "operator",
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: shortReplyBytes,
  summary: "Names the account that may register the worker. Evidence is bound to it from then on.",
  example: { operator: "00".repeat(32) },
  input: jsonObject({ operator: jsonHex(32) }, "ignored"),
  output: jsonObject({ operator: jsonHex(32) }, "ignored"),
  errors: halted,
}));
