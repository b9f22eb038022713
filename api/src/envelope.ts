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

/**
 * Makes the reader of a request body that contains an action's input. `input` and `nonce` are both required,
 * as in 2020.
 */
export function requestOf<T, W>(
  input: JsonReader<T, W>,
): JsonReader<{ readonly input: T; readonly nonce: JsonObject }, { readonly input: W }> {
  const nonce = jsonAnnotated(jsonAnyObject, { description: "any JSON; ignored" });
  return jsonObject({ input, nonce }, "ignored");
}

/**
 * Reads the body of a reply with HTTP status 200. The body is the enclave's answer, or an error for which the
 * worker of 2020 had its own message. For such an error, `status` is "error" and the payload is exactly that
 * of 2020.
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

/** The decoded body of a reply with HTTP status 200. */
export type ReplyEnvelope = Read<typeof readEnvelope>;

/**
 * Reads the body of a reply whose HTTP status is not 200: a coded error. An error from the enclave has a
 * payload and a signature over that payload. An error from the gateway has neither.
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
 * The names of HTTP headers for values that have no field in the reply body of 2020. The statement and its
 * signature are hex without `0x`; `code` is an error code.
 */
export const replyHeaders = {
  statement: "pruntime-statement",
  statementSignature: "pruntime-statement-signature",
  code: "pruntime-code",
} as const;
