/**
 * The five steps by which a new worker receives a running worker's keys. The operator calls
 * `handover_begin`, `handover_accept` and `handover_complete` on the receiver, and `handover_offer` and
 * `handover_release` on the source.
 */
import { jsonLineage, policyLimits, readEndorsedEvidence } from "@pruntime/core/attestation";
import {
  jsonAnnotated,
  jsonArray,
  jsonBase64,
  jsonHex,
  jsonObject,
  jsonOptional,
  jsonString,
  jsonU32,
} from "@pruntime/core/json";
import { action, type InputJsonOf } from "../action.ts";
import {
  base64Text,
  evidenceReplyBytes,
  hexText,
  kib,
  mib,
  nothing,
  shortReplyBytes,
  shownEvidence,
  shownLineage,
} from "./fields.ts";
import { needsEvidence, needsMark } from "./refusals.ts";

/**
 * The nodes of a proof in a handover.
 * @limit nodes
 * @source chosen: genuine proofs are much smaller
 * @past `json/out-of-range`
 */
const maxProofNodes = 4_096;

const proof = (description: string) => jsonArray(base64Text(description), maxProofNodes);

/** The other worker's keys and evidence, and the block by whose state they are judged. */
const judged = () => ({
  block: jsonObject({
    extrinsic: jsonAnnotated(jsonU32, { description: "index of the extrinsic that contains the commitment" }),
    extrinsic_proof_b64: proof("nodes that prove this extrinsic under the header's extrinsics root"),
    header_b64: base64Text("SCALE header"),
    state_proof_b64: proof(
      "read proof of Timestamp.Now in the block's state, and of Registry.Policy if that policy decides",
    ),
  }),
  consent: jsonOptional(
    jsonAnnotated(jsonHex(64), {
      description:
        "consent of the anchor's policy key, for a worker that cannot read its chain's runtime: a signature",
    }),
  ),
  other: jsonObject({
    ecdh_public_key: jsonHex(65),
    evidence: jsonAnnotated(readEndorsedEvidence, {
      type: "object",
      description: "the other worker's evidence with its endorsements",
    }),
    lineage: jsonLineage,
    public_key: jsonHex(33),
    rules: jsonAnnotated(jsonU32, { description: "the rules number of the other worker's program" }),
  }),
  own_evidence_hash: jsonAnnotated(jsonHex(32), {
    description: "SHA-256 of the canonical JSON of this worker's own evidence with its endorsements",
  }),
  policy: jsonOptional(
    jsonAnnotated(jsonString(policyLimits.maxLength), {
      description: "JSON text of the policy whose hash the anchor names",
    }),
  ),
});

const exampleJudged = () => ({
  block: { extrinsic: 0, extrinsic_proof_b64: [], header_b64: "", state_proof_b64: [] },
  other: {
    ecdh_public_key: "00".repeat(65),
    evidence: { kind: "simulated", document_b64: "", signature_b64: "" },
    lineage: [],
    public_key: "00".repeat(33),
    rules: 1,
  },
  own_evidence_hash: "00".repeat(32),
});

/** First step, on the receiver: draws a challenge, and a key for this handover alone. */
export const handoverBegin = /* @__PURE__ */ action(() => ({
  name: "handover_begin",
  access: "operator",
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: shortReplyBytes,
  summary: "On the receiver: draws the challenge, and a key for this handover alone.",
  example: {},
  input: nothing,
  output: jsonObject({ challenge: hexText(32) }, "ignored"),
  errors: needsMark,
}));

/** Second step, on the source: answers the challenge with evidence and a nonce. */
export const handoverOffer = /* @__PURE__ */ action(() => ({
  name: "handover_offer",
  access: "operator",
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: evidenceReplyBytes,
  showsEvidence: true,
  summary: "On the source: returns evidence over the challenge, and its own nonce.",
  example: { challenge: "00".repeat(32) },
  input: jsonObject({ challenge: jsonHex(32) }, "ignored"),
  output: jsonObject(
    {
      challenge: hexText(32),
      ecdh_public_key: hexText(65),
      evidence: shownEvidence(),
      lineage: shownLineage(),
      nonce: hexText(32),
      public_key: hexText(33),
      rules: jsonU32,
    },
    "ignored",
  ),
  errors: { ...needsMark, ...needsEvidence },
}));

/** Third step, on the receiver: answers the source's nonce with evidence. */
export const handoverAccept = /* @__PURE__ */ action(() => ({
  name: "handover_accept",
  access: "operator",
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: evidenceReplyBytes,
  showsEvidence: true,
  summary: "On the receiver: returns evidence over both nonces.",
  example: { nonce: "00".repeat(32) },
  input: jsonObject({ nonce: jsonHex(32) }, "ignored"),
  output: jsonObject(
    {
      ecdh_public_key: hexText(65),
      evidence: shownEvidence(),
      lineage: shownLineage(),
      nonce: hexText(32),
      public_key: hexText(33),
      rules: jsonU32,
    },
    "ignored",
  ),
  errors: { ...needsMark, ...needsEvidence },
}));

/**
 * Fourth step, on the source, when a final block contains the commitment: appraises the receiver, and seals
 * the keys to it.
 */
export const handoverRelease = /* @__PURE__ */ action(() => ({
  name: "handover_release",
  access: "operator",
  since: "successor",
  maxBodyBytes: 4 * mib,
  maxReplyBytes: shortReplyBytes,
  summary: "On the source: appraises the receiver by the policies that the anchor names, and seals the keys.",
  example: { challenge: "00".repeat(32), nonce: "00".repeat(32), ...exampleJudged() },
  input: jsonObject({ challenge: jsonHex(32), nonce: jsonHex(32), ...judged() }, "ignored"),
  output: jsonObject({ sealed_b64: base64Text("the keys, sealed to the receiver") }, "ignored"),
  errors: needsMark,
}));

/** Last step, on the receiver: appraises the source, opens the keys and adopts them. */
export const handoverComplete = /* @__PURE__ */ action(() => ({
  name: "handover_complete",
  access: "operator",
  since: "successor",
  maxBodyBytes: 4 * mib,
  maxReplyBytes: shortReplyBytes,
  summary: "On the receiver: appraises the source likewise, opens the keys and restarts with them.",
  example: { sealed_b64: "", ...exampleJudged() },
  input: jsonObject({ sealed_b64: jsonBase64(1_024), ...judged() }, "ignored"),
  output: jsonObject({ ecdh_public_key: hexText(65) }, "ignored"),
  errors: needsMark,
}));

/** The JSON by which one worker judges the other. */
export type JudgedJson = Omit<InputJsonOf<typeof handoverComplete>, "sealed_b64">;
