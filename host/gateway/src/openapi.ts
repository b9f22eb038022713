import { type AnyAction, readEnvelope, readRefusal, replyHeaders, requestOf } from "@pruntime/api";
import { type JsonObject, schemaOf } from "@pruntime/core/json";
import { refusalStatus } from "./error.ts";

/** Describes the REST interface of a worker with these actions as an OpenAPI document. */
export function openApiDocument(version: string, actions: readonly AnyAction[]): JsonObject {
  return {
    openapi: "3.1.0",
    info: {
      title: "pruntime",
      version,
      description:
        "A confidential-contract worker. The enclave reads every body and writes every answer. " +
        "The worker's identity key signs the replies.",
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "public", description: "Any caller." },
      { name: "operator", description: "At the operator's address, with the operator's token." },
    ],
    paths: Object.fromEntries(actions.map((action) => [`/${action.name}`, { post: operation(action) }])),
    components: {
      schemas: { Reply: schemaOf(readEnvelope), Refusal: schemaOf(readRefusal) },
      securitySchemes: { operator: { type: "http", scheme: "bearer" } },
    },
  };
}

function operation(action: AnyAction): JsonObject {
  const { name, access, since, summary, input, output, example, maxBodyBytes, devOnly } = action;
  const served = devOnly === true ? " Available only if development actions are enabled." : "";
  return {
    operationId: name,
    summary,
    description: `Since ${since}. Body of at most ${maxBodyBytes} bytes.${served}`,
    tags: [access],
    security: access === "operator" ? [{ operator: [] }] : [],
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: schemaOf(requestOf(input)),
          example: { input: example as JsonObject, nonce: {} },
        },
      },
    },
    responses: {
      "200": {
        description: "The enclave's answer. `payload` is JSON text with the schema `x-payload`.",
        headers: headers(),
        content: {
          "application/json": { schema: { ...schemaOf(readEnvelope), "x-payload": schemaOf(output) } },
        },
      },
      ...refusals(action),
    },
  };
}

/** One response per status, with its possible error codes. */
function refusals(action: AnyAction): JsonObject {
  const codes = [...gatewayErrors(action), ...Object.entries(action.errors)];
  const statuses = [...new Set([400, ...codes.map(([, status]) => status)])].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const own = codes.flatMap(([code, of]) => (of === status ? [`\`${code}\``] : [])).sort();
      const others = status === 400 ? ["any code that is not listed under another status"] : [];
      return [String(status), refusal([...own, ...others].join(", "))];
    }),
  );
}

/** The errors with which the gateway itself answers calls of an action, each with its HTTP status. */
function gatewayErrors({ access }: AnyAction): readonly (readonly [code: string, status: number])[] {
  const foreign = access === "operator" ? "http/over-share" : "http/forbidden";
  const never: readonly string[] = [
    "http/unknown-action",
    "http/bad-method",
    "http/foreign-page", // only for calls to the chain's node
    foreign,
  ];
  return Object.entries(refusalStatus).filter(([code]) => !never.includes(code));
}

function headers(): JsonObject {
  return Object.fromEntries(
    Object.values(replyHeaders).map((name) => [name, { schema: { type: "string" } }]),
  );
}

function refusal(description: string): JsonObject {
  return {
    description,
    content: { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } },
  };
}
