/** Actions by which a worker follows its chain: headers, and the commands in finalized blocks. */
import {
  jsonAnnotated,
  jsonArray,
  jsonBool,
  jsonEnum,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonString,
  jsonU32,
} from "@pruntime/core/json";
import { action } from "../action.ts";
import { base64Text, kib, mib, shortReplyBytes } from "./fields.ts";
import { needsChain, runsCode } from "./refusals.ts";

/**
 * The headers, blocks, bodies or proof nodes in one call.
 * @limit items
 * @source chosen: a body is limited to 32 MiB
 * @past `json/out-of-range`
 */
const maxItems = 20_000;

/**
 * How long a call may take that dispatches blocks.
 * @limit ms
 * @source chosen: the largest blocks of a chain take minutes on slow hardware
 * @past `http/enclave-timeout`
 */
const largestBlockMs = 600_000;

/** Moves finality to the last of a batch of headers. */
export const syncHeader = /* @__PURE__ */ action(() => ({
  name: "sync_header",
  access: "operator",
  since: "2020-09",
  maxBodyBytes: 32 * mib,
  maxReplyBytes: shortReplyBytes,
  summary: "Moves finality to the last of consecutive headers, which has a justification.",
  example: { headers_b64: [] },
  input: jsonObject(
    {
      authority_set_change_b64: jsonOptional(jsonNullable(base64Text("SCALE AuthoritySetChange"))),
      headers_b64: jsonArray(base64Text("SCALE HeaderToSync"), maxItems),
    },
    "ignored",
  ),
  output: jsonObject({ synced_to: jsonU32 }, "ignored"),
  errors: {
    ...needsChain,
    "runtime/contradicts-mark": 409,
    "runtime/queue-full": 409,
    "runtime/wrong-source": 409,
  },
}));

/** Stores headers before their justification arrives, because one call cannot carry a long run of headers. */
export const stageHeader = /* @__PURE__ */ action(() => ({
  name: "stage_header",
  access: "operator",
  since: "successor",
  maxBodyBytes: 32 * mib,
  maxReplyBytes: shortReplyBytes,
  summary: "Takes headers without a justification; a later sync_header or sync_para proves them.",
  example: { headers_b64: [] },
  input: jsonObject(
    {
      headers_b64: jsonArray(base64Text("SCALE header"), maxItems),
      parachain: jsonOptional(
        jsonAnnotated(jsonBool, { description: "the headers are the parachain's; default false" }),
      ),
    },
    "ignored",
  ),
  output: jsonObject({ staged_to: jsonU32 }, "ignored"),
  errors: {
    ...needsChain,
    "headers/staging-full": 409,
    "runtime/no-parachain": 409,
    "runtime/wrong-source": 409,
  },
}));

/**
 * The text of a recovery file.
 * @limit characters
 * @source chosen: as for a checkpoint
 * @past `json/out-of-range`
 */
const maxRecoveryChars = 1 << 20;

/** Goes on from a checkpoint that the anchor's recovery keys have signed. */
export const recoverFinality = /* @__PURE__ */ action(() => ({
  name: "recover_finality",
  access: "operator",
  since: "successor",
  maxBodyBytes: 32 * mib,
  maxReplyBytes: shortReplyBytes,
  summary: "Goes on from a checkpoint that the anchor's recovery keys have signed, as after a forced change.",
  example: { headers_b64: [], recovery: "{}" },
  input: jsonObject(
    {
      headers_b64: jsonArray(
        base64Text("SCALE headers between the last finalized block and the checkpoint's block"),
        maxItems,
      ),
      recovery: jsonAnnotated(jsonString(maxRecoveryChars), {
        description: "the file that `pruntime recovery sign` writes",
      }),
    },
    "ignored",
  ),
  output: jsonObject({ synced_to: jsonU32 }, "ignored"),
  errors: {
    ...needsChain,
    "recovery/no-keys": 409,
    "recovery/other-set": 409,
    "runtime/contradicts-mark": 409,
    "runtime/queue-full": 409,
  },
}));

/** What can be sent in pieces: `block` is a header with the block's events, `body` is the extrinsics. */
const stagedPart = /* @__PURE__ */ jsonEnum(["block", "body"]);

/** Takes a block's events or its body in pieces, because a large block does not fit into one call. */
export const stagePiece = /* @__PURE__ */ action(() => ({
  name: "stage_piece",
  access: "operator",
  since: "successor",
  maxBodyBytes: 32 * mib,
  maxReplyBytes: shortReplyBytes,
  summary: "Takes a piece of a block's events or body, for a later dispatch_block that names it.",
  example: { offset: 0, part: "block" as const, piece_b64: "", total: 0 },
  input: jsonObject(
    {
      offset: jsonAnnotated(jsonU32, {
        description: "where the piece begins; 0 discards earlier pieces of the part",
      }),
      part: jsonAnnotated(stagedPart, {
        description: "one element of blocks_b64 or bodies_b64 of dispatch_block",
      }),
      piece_b64: base64Text("the bytes of the piece"),
      total: jsonAnnotated(jsonU32, { description: "the length of the whole part in bytes" }),
    },
    "ignored",
  ),
  output: jsonObject(
    { staged: jsonAnnotated(jsonU32, { description: "the bytes of the part so far" }) },
    "ignored",
  ),
  errors: { ...needsChain, "dispatch/no-memory": 503, "runtime/wrong-source": 409 },
}));

/** Executes the commands that the events of finalized blocks contain or name. */
export const dispatchBlock = /* @__PURE__ */ action(() => ({
  name: "dispatch_block",
  access: "operator",
  since: "2020-09",
  maxBodyBytes: 32 * mib,
  maxReplyBytes: 256 * kib,
  timeoutMs: largestBlockMs,
  summary: "Executes the commands in the events of finalized blocks, which read proofs prove.",
  example: { blocks_b64: [] },
  input: jsonObject(
    {
      blocks_b64: jsonArray(base64Text("SCALE BlockHeaderWithEvents"), maxItems),
      bodies_b64: jsonOptional(
        jsonArray(
          base64Text("u32 block number, then SCALE Vec of extrinsics: the body of a block"),
          maxItems,
        ),
      ),
      staged: jsonOptional(
        jsonAnnotated(jsonArray(stagedPart, 2), {
          description: "parts that stage_piece completed, to add to the lists; a refusal drops these parts",
        }),
      ),
    },
    "ignored",
  ),
  output: jsonObject(
    {
      dispatched_to: jsonU32,
      bodies_wanted: jsonOptional(
        jsonAnnotated(jsonArray(jsonU32, maxItems), {
          description: "blocks whose bodies are needed; the dispatch stopped at the first of them",
        }),
      ),
    },
    "ignored",
  ),
  errors: {
    ...needsChain,
    "executor/state-full": 503,
    "runtime/metadata-outdated": 409,
    "runtime/wrong-source": 409,
  },
}));

/** Finalizes one block and executes the commands in its body, as in 2020. */
export const syncBlock = /* @__PURE__ */ action(() => ({
  name: "sync_block",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: 16 * mib,
  maxReplyBytes: shortReplyBytes,
  timeoutMs: largestBlockMs,
  summary: "Executes the commands in one finalized block's body, for workers that read commands from bodies.",
  example: { data: "" },
  input: jsonObject({ data: base64Text("SCALE SignedBlock") }, "ignored"),
  output: jsonObject({ synced_to: jsonU32 }, "ignored"),
  errors: {
    ...needsChain,
    "executor/state-full": 503,
    "runtime/contradicts-mark": 409,
    "runtime/wrong-source": 409,
  },
}));

/** Moves a parachain's finality to its head in the relay chain's state. */
export const syncPara = /* @__PURE__ */ action(() => ({
  name: "sync_para",
  access: "operator",
  since: "successor",
  maxBodyBytes: 32 * mib,
  maxReplyBytes: shortReplyBytes,
  summary:
    "Moves the parachain's finality to its head, which a read proof of the relay chain's state proves.",
  example: { headers_b64: [], proof_b64: [] },
  input: jsonObject(
    {
      headers_b64: jsonArray(base64Text("SCALE header"), maxItems),
      proof_b64: jsonArray(base64Text("node of a read proof of the relay chain's state"), maxItems),
    },
    "ignored",
  ),
  output: jsonObject({ synced_to: jsonU32 }, "ignored"),
  errors: {
    ...needsChain,
    "runtime/contradicts-mark": 409,
    "runtime/no-parachain": 409,
    "runtime/queue-full": 409,
  },
}));

/** Proves the new runtime code after an upgrade. The worker needs the code to decode later events. */
export const syncCode = /* @__PURE__ */ action(() => ({
  name: "sync_code",
  access: "operator",
  since: "successor",
  maxBodyBytes: 32 * mib,
  maxReplyBytes: shortReplyBytes,
  summary: "Proves the new runtime code, after the block that changed it has been dispatched.",
  example: { proof_b64: [] },
  input: jsonObject(
    {
      proof_b64: jsonArray(base64Text("node of a read proof of :code and :pending_code"), maxItems),
    },
    "ignored",
  ),
  output: jsonObject(
    {
      from: jsonAnnotated(jsonNullable(jsonU32), {
        description: "the first block to which the new code applies; null if there is none",
      }),
      unreadable: jsonAnnotated(jsonNullable(jsonString()), {
        description:
          "the code of the error for which this program cannot read the new runtime; the worker then " +
          "dispatches no more blocks, but follows finality and answers queries",
      }),
    },
    "ignored",
  ),
  errors: { ...needsChain, ...runsCode, "runtime/wrong-source": 409 },
}));
