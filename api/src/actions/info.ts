/** Actions that report a worker's keys and progress. */
import {
  jsonAnnotated,
  jsonArray,
  jsonBool,
  jsonEnum,
  jsonNullable,
  jsonObject,
  jsonString,
  jsonU32,
} from "@pruntime/core/json";
import { maxRecoveryKeys } from "@pruntime/core/light-client";
import { action, type OutputOf } from "../action.ts";
import {
  blockName,
  decimalText,
  hexText,
  hexTextOnceStarted,
  kib,
  nothing,
  shortReplyBytes,
} from "./fields.ts";

/** Reports the keys and the next block, in the shape of 2020. */
export const getInfo = /* @__PURE__ */ action(() => ({
  name: "get_info",
  access: "public",
  betweenSlices: true,
  since: "2020-05",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: shortReplyBytes,
  summary: "Returns the worker's keys and the number of the next block it needs.",
  example: {},
  input: nothing,
  output: jsonObject(
    {
      blocknum: jsonAnnotated(jsonU32, { description: "the next block; 0 before init_runtime" }),
      ecdh_public_key: hexTextOnceStarted(65),
      initialized: jsonBool,
      public_key: hexText(33),
    },
    "ignored",
  ),
  errors: {},
}));

/** Reports everything that a relay, an operator or a client needs to know about the worker. */
export const getStatus = /* @__PURE__ */ action(() => ({
  name: "get_status",
  access: "public",
  betweenSlices: true,
  since: "successor",
  maxBodyBytes: 16 * kib,
  maxReplyBytes: 512 * kib,
  summary:
    "Returns the worker's anchor, finality, dispatch, chain time, state root, provider and measurement.",
  example: {},
  input: nothing,
  output: jsonObject(
    {
      anchor: jsonAnnotated(hexTextOnceStarted(32), {
        description: "identifies the chain and start point that the worker trusts; empty before init_runtime",
      }),
      authorities: jsonNullable(jsonObject({ count: jsonU32, set_id: decimalText() }, "ignored")),
      below_mark: jsonAnnotated(jsonBool, {
        description: "whether the worker has yet to reach `mark`; until then it only syncs",
      }),
      chain_time_ms: jsonAnnotated(decimalText(), { description: 'Unix milliseconds; "0" while unknown' }),
      channel_v1: jsonAnnotated(jsonNullable(jsonBool), {
        description: "whether commands of channel v1 are run; null before init",
      }),
      command_source: jsonAnnotated(jsonNullable(jsonEnum(["events", "bodies"])), {
        description: "the source of commands: proven events, or block bodies as in 2020",
      }),
      contracts: jsonArray(jsonObject({ id: jsonU32, name: jsonString() }, "ignored"), 1_000),
      dispatched: jsonAnnotated(jsonNullable(blockName()), {
        description: "the last block whose commands were executed",
      }),
      ecdh_public_key: hexText(65),
      finalized: jsonNullable(blockName()),
      genesis_balance: jsonAnnotated(jsonNullable(jsonString()), {
        description:
          "what the contract of native balances held before the first block: none, development, or " +
          "<account in hex>:<amount>; null before init",
      }),
      genesis_hash: hexTextOnceStarted(32),
      initialized: jsonBool,
      mark: jsonAnnotated(
        jsonNullable(
          jsonObject(
            { finalized: blockName(), parachain: jsonNullable(blockName()), set_id: decimalText() },
            "ignored",
          ),
        ),
        {
          description:
            "the highest blocks that the worker has verified as final, before its last start too: of the " +
            "chain that GRANDPA finalizes, and of the parachain",
        },
      ),
      meaning: jsonAnnotated(jsonNullable(jsonEnum(["proven", "told", "bodies"])), {
        description:
          "the source of the first events' meaning: proven runtime code, metadata that the operator gave " +
          "on trust, or none, because commands are read from bodies",
      }),
      measurement: hexText(32),
      parachain: jsonAnnotated(jsonNullable(jsonObject({ id: jsonU32, relay: blockName() }, "ignored")), {
        description: "the parachain that the worker follows, and the last finalized block of its relay chain",
      }),
      policy: jsonAnnotated(
        jsonNullable(jsonObject({ serial: jsonU32, since_ms: decimalText() }, "ignored")),
        {
          description:
            "the newest signed policy in the executed blocks, and the chain time at which it came; null if " +
            "there is none, or the anchor names no policy key",
        },
      ),
      policy_authority: jsonAnnotated(jsonNullable(jsonString()), {
        description:
          "whose policies decide about handovers: registry, hash:<hash of the policy>, or key:<key>:<delay " +
          "of additions in seconds>; null before init",
      }),
      provider: jsonAnnotated(jsonString(), {
        description: "provider of evidence; `simulated` has no hardware",
      }),
      public_key: hexText(33),
      query_key: jsonAnnotated(
        jsonNullable(jsonObject({ public_key: hexText(65), signature: hexText(64) }, "ignored")),
        {
          description:
            "the key of this process to which v2 queries are sealed, and the identity key's signature " +
            "over the key, the genesis hash and the anchor; null before init",
        },
      ),
      query_life: jsonAnnotated(jsonNullable(jsonU32), {
        description:
          "how many blocks may pass between the issue of a signed v2 query and its answer; fewer than " +
          "usual while the memory for nonces is full; null before init",
      }),
      recovery_keys: jsonAnnotated(
        jsonNullable(
          jsonObject({ keys: jsonArray(hexText(32), maxRecoveryKeys), threshold: jsonU32 }, "ignored"),
        ),
        {
          description:
            "the ed25519 keys that may sign a new checkpoint after a forced change of the authorities, and " +
            "how many of them must sign; null if the anchor names none",
        },
      ),
      rules: jsonAnnotated(jsonU32, {
        description: "the number of the rules by which the program turns blocks into state",
      }),
      runtime_unreadable: jsonAnnotated(
        jsonNullable(jsonObject({ code: jsonString(), since: jsonU32 }, "ignored")),
        {
          description:
            "the first block whose runtime this program cannot read, and the code of the error: answers " +
            "stay as of the block before it until a newer program runs",
        },
      ),
      staged: jsonAnnotated(jsonNullable(blockName()), {
        description: "the last header that no justification has proven yet; null if there is none",
      }),
      state_full: jsonAnnotated(
        jsonNullable(jsonObject({ bytes: decimalText(), limit: decimalText(), since: jsonU32 }, "ignored")),
        {
          description:
            "the block that is not dispatched because the contract state has no memory for it, the bytes " +
            "that the state would need, and the bytes that it may need; null while blocks fit",
        },
      ),
      state_root: hexTextOnceStarted(32),
      version: jsonString(),
    },
    "ignored",
  ),
  errors: {},
}));

/** The payload of `get_status`. */
export type GetStatus = OutputOf<typeof getStatus>;
