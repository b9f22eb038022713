import { maxAnswerBytes } from "@pruntime/core/channel";
import type { Executor } from "@pruntime/executor";
import { describe, expect, it } from "vitest";
import { ask } from "../../src/query/ask.ts";

const answering = (length: number) => ({ query: () => new Uint8Array(length) }) as unknown as Executor;
const query = { kind: "2020", contractId: 9, nonce: 1, request: null } as const;

describe("ask", () => {
  it("passes on an answer of up to 64 KiB, and refuses a longer answer", () => {
    expect(ask(answering(maxAnswerBytes), undefined, query).length).toBe(64 * 1024);
    expect(() => ask(answering(maxAnswerBytes + 1), undefined, query)).toThrow(
      expect.objectContaining({
        detail: { code: "query/answer-too-large", contractId: 9, limit: maxAnswerBytes },
      }),
    );
  });
});
