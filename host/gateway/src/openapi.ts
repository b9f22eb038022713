import { type Action, envelopeSchema, refusalSchema, replyHeaders, requestSchema } from "@pruntime/api";
import type { JsonObject } from "@pruntime/core/json";

/** The REST interface of a worker that serves these actions, as an OpenAPI document. */
export function openApiDocument(version: string, actions: readonly Action[]): JsonObject {
  return {
    openapi: "3.1.0",
    info: {
      title: "pruntime",
      version,
      description:
        "A confidential-contract worker. Bodies are read and answered by the enclave; this gateway passes them on. Replies are signed by the worker's identity key.",
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "public", description: "Anybody may call." },
      { name: "operator", description: "From the worker's own machine, or with the operator's token." },
    ],
    paths: Object.fromEntries(actions.map((action) => [`/${action.action}`, { post: operation(action) }])),
    components: {
      schemas: { Reply: envelopeSchema, Refusal: refusalSchema },
      securitySchemes: { operator: { type: "http", scheme: "bearer" } },
    },
  };
}

function operation(action: Action): JsonObject {
  return {
    operationId: action.action,
    summary: action.summary,
    description: `Since ${action.since}. Body of at most ${action.maxBodyBytes} bytes.${action.devOnly ? " Only where development actions are enabled." : ""}`,
    tags: [action.access],
    security: action.access === "operator" ? [{}, { operator: [] }] : [],
    requestBody: {
      required: true,
      content: {
        "application/json": { schema: requestSchema(action), example: { input: action.example, nonce: {} } },
      },
    },
    responses: {
      "200": {
        description: "The enclave's answer. `payload` is JSON text of the schema below it.",
        headers: headers(),
        content: { "application/json": { schema: { ...envelopeSchema, "x-payload": action.output } } },
      },
      "4XX": refusal("Refused, with a code."),
      "5XX": refusal("The enclave or the gateway is not able to answer now."),
    },
  };
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
