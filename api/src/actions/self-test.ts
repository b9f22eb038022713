/** Self-tests of 2020, for development. */
import { jsonBool, jsonObject, jsonOptional, jsonString } from "@pruntime/core/json";
import { action } from "../action.ts";
import { base64Text, kib, nothing, shortReplyBytes } from "./fields.ts";

/** Runs the self-tests of 2020. */
export const selfTest = /* @__PURE__ */ action(() => ({
  name: "test",
  access: "operator",
  since: "2020-05",
  maxBodyBytes: 64 * kib,
  maxReplyBytes: shortReplyBytes,
  devOnly: true,
  summary: "Runs the enclave's self-tests: block parsing, bridge, key agreement.",
  example: { test_parse_block: true },
  input: jsonObject(
    {
      test_bridge: jsonOptional(jsonBool),
      test_ecdh: jsonOptional(
        jsonObject(
          {
            message_b64: jsonOptional(base64Text("a message to seal")),
            pubkey_hex: jsonOptional(jsonString()),
          },
          "ignored",
        ),
      ),
      test_parse_block: jsonOptional(jsonBool),
    },
    "ignored",
  ),
  output: nothing,
  errors: { "enclave/dev-only": 403 },
}));
