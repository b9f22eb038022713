/** The action that returns a worker's evidence. */
import { jsonAnnotated, jsonEnum, jsonHex, jsonObject, jsonOptional, jsonString } from "@pruntime/core/json";
import { action } from "../action.ts";
import { evidenceReplyBytes, kib, shownEvidence, shownLineage, signedQueryKey } from "./fields.ts";
import { belowMark, needsEvidence } from "./refusals.ts";

/**
 * The purposes for which a caller may request evidence. Workers that hand over their keys use other
 * purposes.
 */
const purposes = ["worker", "registration"] as const;

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
        description: "32 random bytes from the caller; for a registry, the hash of a recent block",
      }),
      purpose: jsonOptional(jsonAnnotated(jsonEnum(purposes), { description: "default: worker" })),
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
      provider: jsonString(),
      public_key: jsonHex(33),
      query_key: signedQueryKey(),
      purpose: jsonEnum(purposes),
    },
    "ignored",
  ),
  errors: { ...needsEvidence, ...belowMark, "runtime/not-initialized": 409 },
}));
