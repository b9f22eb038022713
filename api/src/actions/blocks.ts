/** How a worker follows its chain: headers, and the commands in finalized blocks. */
import {
  jsonAnnotated,
  jsonArray,
  jsonBase64,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonU32,
} from "@pruntime/core/json";
import { action } from "../action.ts";
import { base64Text, mib } from "./fields.ts";
import { needsChain } from "./refusals.ts";

/** Most headers, blocks, bodies or proof nodes in one call. */
const maxItems = 20_000;

/** Moves finality to the last of a batch of headers. */
export const syncHeader = /* @__PURE__ */ action(() => ({
  name: "sync_header",
  access: "operator",
  since: "2020-09",
  maxBodyBytes: 32 * mib,
  summary: "Consecutive headers, the last with a justification: moves finality.",
  example: { headers_b64: [] },
  input: jsonObject(
    {
      authority_set_change_b64: jsonOptional(jsonNullable(base64Text("SCALE AuthoritySetChange"))),
      headers_b64: jsonArray(base64Text("SCALE HeaderToSync"), maxItems),
    },
    "ignored",
  ),
  output: jsonObject({ synced_to: jsonU32 }, "ignored"),
  errors: { ...needsChain, "runtime/queue-full": 409, "runtime/wrong-source": 409 },
}));

/** Executes the commands that finalized blocks have as events. */
export const dispatchBlock = /* @__PURE__ */ action(() => ({
  name: "dispatch_block",
  access: "operator",
  since: "2020-09",
  maxBodyBytes: 32 * mib,
  summary: "Events of finalized blocks with their read proofs: executes the commands in them.",
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
    },
    "ignored",
  ),
  output: jsonObject(
    {
      dispatched_to: jsonU32,
      bodies_wanted: jsonOptional(
        jsonAnnotated(jsonArray(jsonU32, maxItems), {
          description: "blocks of the call whose bodies are needed; the first of them stopped the dispatch",
        }),
      ),
    },
    "ignored",
  ),
  errors: { ...needsChain, "runtime/metadata-outdated": 409, "runtime/wrong-source": 409 },
}));

/** Finalizes one block and executes the commands in its body, as in 2020. */
export const syncBlock = /* @__PURE__ */ action(() => ({
  name: "sync_block",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: 16 * mib,
  summary:
    "One finalized block with its body and justification, for workers whose commands come from bodies.",
  example: { data: "" },
  input: jsonObject({ data: jsonAnnotated(jsonBase64(), { description: "SCALE SignedBlock" }) }, "ignored"),
  output: jsonObject({ synced_to: jsonU32 }, "ignored"),
  errors: { ...needsChain, "runtime/wrong-source": 409 },
}));

/** Moves a parachain's finality to its head in the relay chain's state. */
export const syncPara = /* @__PURE__ */ action(() => ({
  name: "sync_para",
  access: "operator",
  since: "successor",
  maxBodyBytes: 32 * mib,
  summary:
    "Headers of the parachain up to its head in the relay chain's finalized state, with a read proof of it.",
  example: { headers_b64: [], proof_b64: [] },
  input: jsonObject(
    {
      headers_b64: jsonArray(jsonAnnotated(jsonBase64(), { description: "SCALE header" }), maxItems),
      proof_b64: jsonArray(jsonBase64(), maxItems),
    },
    "ignored",
  ),
  output: jsonObject({ synced_to: jsonU32 }, "ignored"),
  errors: { ...needsChain, "runtime/no-parachain": 409, "runtime/queue-full": 409 },
}));

/** Learns what events mean after a runtime upgrade. */
export const syncCode = /* @__PURE__ */ action(() => ({
  name: "sync_code",
  access: "operator",
  since: "successor",
  maxBodyBytes: 32 * mib,
  summary: "A read proof of the new runtime code, once the block that changed it is dispatched.",
  example: { proof_b64: [] },
  input: jsonObject(
    {
      proof_b64: jsonArray(
        jsonAnnotated(jsonBase64(), { description: "node of a read proof of :code" }),
        maxItems,
      ),
    },
    "ignored",
  ),
  output: jsonObject(
    {
      from: jsonAnnotated(jsonNullable(jsonU32), {
        description: "from which block on the new code counts; null: there was nothing to learn",
      }),
    },
    "ignored",
  ),
  errors: { ...needsChain, "runtime/wrong-source": 409 },
}));
