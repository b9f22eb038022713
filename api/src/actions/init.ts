/** The action that gives a worker the chain that it follows. */
import {
  jsonAnnotated,
  jsonArray,
  jsonBool,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonString,
  jsonU32,
} from "@pruntime/core/json";
import { jsonGenesisBalance, jsonPolicyAuthority, jsonRecoveryKeys } from "@pruntime/core/light-client";
import { action, type InputJsonOf } from "../action.ts";
import { base64Text, evidenceReplyBytes, hexText, mib } from "./fields.ts";
import { halted, runsCode } from "./refusals.ts";

/**
 * The genesis or checkpoint of an `init_runtime`.
 * @limit bytes
 * @source chosen: a thousand authorities have 40 KB
 * @past `json/out-of-range`
 */
const maxGenesisBytes = 1 << 20;
/**
 * The metadata that the operator gives to `init_runtime`.
 * @limit bytes
 * @source chosen: metadata of public chains has less than 1 MB
 * @past `json/out-of-range`
 */
const maxMetadataBytes = 3 << 20;
/**
 * The checkpoint's text in an `init_runtime`.
 * @limit characters
 * @source chosen: as for the genesis
 * @past `json/out-of-range`
 */
const maxCheckpointChars = 1 << 20;
/**
 * The nodes of the code's proof in an `init_runtime`.
 * @limit nodes
 * @source chosen: genuine proofs are much smaller
 * @past `json/out-of-range`
 */
const maxProofNodes = 4_096;

/** Gives the worker its trust anchor, once. */
export const initRuntime = /* @__PURE__ */ action(() => ({
  name: "init_runtime",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: 16 * mib,
  maxReplyBytes: evidenceReplyBytes,
  summary: "Gives the worker its trust anchor, once: the chain's start point and the meaning of its events.",
  example: { bridge_genesis_info_b64: "", skip_ra: true },
  input: jsonObject(
    {
      bridge_genesis_info_b64: jsonOptional(
        base64Text("SCALE BridgeInitInfo; alternatively, give a checkpoint", maxGenesisBytes),
      ),
      channel_v1: jsonOptional(
        jsonAnnotated(jsonBool, {
          description:
            "whether commands of channel v1 are run; by default only where commands are read from bodies, " +
            "as in 2020",
        }),
      ),
      checkpoint: jsonOptional(
        jsonAnnotated(jsonString(maxCheckpointChars), {
          description: "JSON text of a checkpoint, instead of the genesis",
        }),
      ),
      code_proof_b64: jsonOptional(
        jsonArray(
          base64Text(
            "node of a read proof of :code and :pending_code at the start point, from which the worker " +
              "reads what events mean",
          ),
          maxProofNodes,
        ),
      ),
      genesis_balance: jsonOptional(
        jsonAnnotated(jsonGenesisBalance, {
          description:
            "what the contract of native balances holds before the first block; by default nothing, or as " +
            "in 2020 where commands are read from bodies",
        }),
      ),
      parachain: jsonOptional(
        jsonAnnotated(
          jsonNullable(
            jsonObject(
              { genesis_header_b64: base64Text("SCALE header", maxGenesisBytes), id: jsonU32 },
              "ignored",
            ),
          ),
          {
            description: "a parachain to follow; the genesis or checkpoint is then its relay chain's",
          },
        ),
      ),
      policy_authority: jsonOptional(
        jsonAnnotated(jsonPolicyAuthority, {
          description:
            "whose policies decide about handovers: registry, hash:<hash of the policy>, or key:<ed25519 " +
            "key>:<delay of additions in seconds>; by default the registry",
        }),
      ),
      recovery_keys: jsonOptional(
        jsonAnnotated(jsonRecoveryKeys, {
          description: "ed25519 keys in ascending order, `threshold` of which may sign a new checkpoint",
        }),
      ),
      runtime_metadata_b64: jsonOptional(
        base64Text(
          "SCALE runtime metadata V14 to V16; if given, the worker reads commands from events",
          maxMetadataBytes,
        ),
      ),
      skip_ra: jsonAnnotated(jsonBool, { description: "answer without evidence" }),
    },
    "ignored",
  ),
  output: jsonObject(
    {
      attestation: jsonObject(
        {
          payload: jsonAnnotated(
            jsonObject(
              {
                report: jsonOptional(jsonString()),
                signature: jsonOptional(jsonString()),
                signing_cert: jsonOptional(jsonString()),
              },
              "ignored",
            ),
            {
              description:
                "the three texts of 2020; an empty object with skip_ra, or below the worker's mark",
            },
          ),
          provider: jsonString(),
          version: jsonU32,
        },
        "ignored",
      ),
      ecdh_public_key: hexText(65),
      public_key: hexText(33),
    },
    "ignored",
  ),
  errors: { ...halted, ...runsCode, "runtime/already-initialized": 409 },
}));

/** The JSON of an `init_runtime` input. */
export type InitInput = InputJsonOf<typeof initRuntime>;
