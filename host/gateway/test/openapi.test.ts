import { actions } from "@pruntime/api";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../src/openapi.ts";

interface Operation {
  readonly requestBody: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: object }>>;
}

/** The document as the gateway serves it in JSON, in which fields that are `undefined` are absent. */
const document = JSON.parse(JSON.stringify(openApiDocument("1.2.3", actions))) as {
  readonly paths: Record<string, { readonly post: Operation }>;
};
const operation = (action: string) => document.paths[`/${action}`]!.post;

describe("the OpenAPI document", () => {
  it("describes a request and its payload with the action's readers", () => {
    const { requestBody, responses } = operation("sync_code");
    expect(requestBody.content["application/json"]?.schema).toMatchObject({
      properties: {
        input: { properties: { proof_b64: { type: "array", maxItems: 20_000 } }, required: ["proof_b64"] },
        nonce: { type: "object" },
      },
      required: ["input", "nonce"],
    });
    expect(responses["200"]?.content).toMatchObject({
      "application/json": {
        schema: {
          required: ["payload", "signature", "status"],
          "x-payload": { properties: { from: { anyOf: [{ type: "integer" }, { type: "null" }] } } },
        },
      },
    });
  });

  it.each(actions.map((row) => [row.name, row] as const))(
    "lists each error code of %s under its status",
    (name, row) => {
      const { responses } = operation(name);
      for (const [code, status] of Object.entries(row.errors))
        expect(responses[String(status)]?.description).toContain(`\`${code}\``);
    },
  );

  it("lists the gateway's own errors for operator and public actions", () => {
    const at = (action: string, status: number) => operation(action).responses[String(status)]?.description;
    expect([at("set", 413), at("query", 413)]).toEqual(["`http/too-large`", "`http/too-large`"]);
    expect([at("set", 403), at("query", 403)]).toEqual(["`http/forbidden`", undefined]);
    expect([at("set", 429), at("query", 429)]).toEqual([undefined, "`http/over-share`"]);
    expect(at("query", 400)).toMatch(/, any code that is not listed under another status$/);
  });
});
