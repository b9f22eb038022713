/** The JSON around an action's input and payload: the 2020 envelopes, plus HTTP headers for newer fields. */
import {
  type JsonObject,
  type JsonReader,
  jsonAnnotated,
  jsonAnyObject,
  jsonEnum,
  jsonHex,
  jsonObject,
  jsonOptional,
  jsonString,
  type Read,
} from "@pruntime/core/json";

/** Makes the reader of a request body that contains an action's input. Both keys are required, as in 2020. */
export function requestOf<T, W>(
  input: JsonReader<T, W>,
): JsonReader<{ readonly input: T; readonly nonce: JsonObject }, { readonly input: W }> {
  const nonce = jsonAnnotated(jsonAnyObject, { description: "any JSON; ignored" });
  return jsonObject({ input, nonce }, "ignored");
}

/**
 * Reads the body of a reply with status 200: the enclave's answer, or an error for which 2020 has a message.
 * For such an error, `status` is "error" and the payload is exactly that of 2020.
 */
export const readEnvelope = /* @__PURE__ */ jsonObject(
  {
    collateral: /* @__PURE__ */ jsonOptional(
      /* @__PURE__ */ jsonAnnotated(jsonAnyObject, {
        description:
          "endorsements that the gateway fetched for the payload's `evidence`; the worker does not sign them",
      }),
    ),
    payload: /* @__PURE__ */ jsonAnnotated(/* @__PURE__ */ jsonString(), { description: "JSON text" }),
    signature: /* @__PURE__ */ jsonAnnotated(/* @__PURE__ */ jsonHex(64), {
      description: "secp256k1 r ‖ s by the identity key over sha256 of `payload`",
    }),
    status: /* @__PURE__ */ jsonEnum(["ok", "error"]),
  },
  "ignored",
);

/** The decoded body of a reply with status 200. */
export type ReplyEnvelope = Read<typeof readEnvelope>;

/**
 * Reads the body of a reply with any other status: a coded error. An error from the enclave has a payload
 * and its signature; the gateway signs nothing.
 */
export const readRefusal = /* @__PURE__ */ jsonObject(
  {
    code: /* @__PURE__ */ jsonString(),
    message: /* @__PURE__ */ jsonString(),
    payload: /* @__PURE__ */ jsonOptional(/* @__PURE__ */ jsonString()),
    signature: /* @__PURE__ */ jsonOptional(/* @__PURE__ */ jsonString()),
    status: /* @__PURE__ */ jsonEnum(["error"]),
  },
  "ignored",
);

/**
 * HTTP headers for values for which the body of 2020 has no field. Values are hex without `0x`, or an error
 * code.
 */
export const replyHeaders = {
  statement: "pruntime-statement",
  statementSignature: "pruntime-statement-signature",
  code: "pruntime-code",
} as const;
