/** What a worker's hardware says about it. */
import { jsonAnnotated, jsonEnum, jsonHex, jsonObject, jsonOptional, jsonString } from "@pruntime/core/json";
import { action } from "../action.ts";
import { kib, shownEvidence } from "./fields.ts";
import { needsEvidence } from "./refusals.ts";

/** What a caller may ask evidence for. Workers that hand over their keys ask for their own. */
const purposes = ["worker", "registration"] as const;

/** Shows fresh evidence of the worker. */
export const getEvidence = /* @__PURE__ */ action(() => ({
  name: "get_evidence",
  access: "public",
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxCalls: 30,
  showsEvidence: true,
  summary: "Fresh evidence of the hardware for the worker's keys and chain, over the caller's nonce.",
  example: { nonce: "00".repeat(32) },
  input: jsonObject(
    {
      nonce: jsonAnnotated(jsonHex(32), {
        description: "32 bytes that the caller has just drawn; for a registry, the hash of a recent block",
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
      nonce: jsonHex(32),
      provider: jsonString(),
      public_key: jsonHex(33),
      purpose: jsonEnum(purposes),
    },
    "ignored",
  ),
  errors: { ...needsEvidence, "runtime/not-initialized": 409 },
}));
