/** What stands around an action's input and its payload: the 2020 envelopes, and headers for what is new. */
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

/** Reads a request body around an action's input. Both keys must be there, as in 2020. */
export function requestOf<T, W>(
  input: JsonReader<T, W>,
): JsonReader<{ readonly input: T; readonly nonce: JsonObject }, { readonly input: W }> {
  const nonce = jsonAnnotated(jsonAnyObject, { description: "free-form; not read" });
  return jsonObject({ input, nonce }, "ignored");
}

/**
 * Reads the body of a reply with status 200: the enclave's answer, or a refusal that 2020 had words for. Then
 * `status` is "error" and the payload is exactly that of 2020.
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

/** The body of a reply with status 200. */
export type ReplyEnvelope = Read<typeof readEnvelope>;

/**
 * Reads the body of a reply with any other status: a coded refusal. One by the enclave has a payload and its
 * signature; the gateway signs nothing.
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

/** HTTP headers for what the 2020 body has no room for; values are hex without `0x`, or a code. */
export const replyHeaders = {
  statement: "pruntime-statement",
  statementSignature: "pruntime-statement-signature",
  code: "pruntime-code",
} as const;
