/** Describes errors in sentences, which the command and the page also show. */
import { ClientError } from "@pruntime/client";
import { describeError, sentenceOf } from "@pruntime/client/errors";
import { ProtocolError } from "@pruntime/core/errors";
import { describe, expect, it } from "vitest";

class OtherError extends ProtocolError<{ readonly code: string; readonly at?: bigint }> {}

describe("describeError", () => {
  it("gives the sentence, the code, the advice and the cause", () => {
    const cause = new OtherError({ code: "bytes/bad-hex" });
    const error = new ClientError({ code: "client/unreachable", url: "https://a" }, { cause });
    expect(describeError(error)).toEqual({
      code: "client/unreachable",
      sentence: "no worker answers at https://a",
      advice: "Check the address, and whether the worker runs.",
      reasons: [],
      cause: {
        code: "bytes/bad-hex",
        sentence: sentenceOf("bytes/bad-hex"),
        advice: undefined,
        reasons: [],
        cause: undefined,
      },
    });
  });

  it("gives the documented sentence and the facts of any other code", () => {
    const { sentence } = describeError(new ClientError({ code: "client/forked", number: 7 })) ?? {};
    expect(sentence).toBe(`${sentenceOf("client/forked")} (number 7)`);
    expect(describeError(new OtherError({ code: "no/such", at: 3n }))?.sentence).toBe("no/such (at 3)");
  });

  it("gives the worker's code and sentence for a refusal of the worker", () => {
    const [code, facts] = ["dispatch/gap", "want 3, have 5"];
    const refused = {
      code: "client/refused",
      status: 409,
      reason: code,
      message: `${code}: ${facts}`,
    } as const;
    expect(describeError(new ClientError(refused))).toMatchObject({
      code,
      sentence: `the worker refused: ${sentenceOf(code)} (${facts}) (HTTP 409)`,
    });
  });

  it("lists the rules of a policy", () => {
    const reasons = ["debug: yes", "tcb-status: OutOfDate"];
    expect(describeError(new ClientError({ code: "client/policy-refused", reasons }))).toMatchObject({
      reasons,
    });
  });

  it("says after an aborted or late push that the command may still be executed", () => {
    const adviceAbout = (error: ClientError) => describeError(error)?.advice;
    expect(adviceAbout(new ClientError({ code: "client/aborted", after: "sealed" }))).toMatch(/receipt/);
    expect(adviceAbout(new ClientError({ code: "client/aborted", after: "nothing" }))).toBeUndefined();
    expect(
      adviceAbout(new ClientError({ code: "client/not-finalized", inBlock: null, timeoutMs: 1 })),
    ).toMatch(/receipt/);
  });

  it("knows nothing about errors without a code, and nothing of an object's own names", () => {
    expect(describeError(new TypeError("x"))).toBeUndefined();
    expect(describeError(new OtherError({ code: "toString" }))?.sentence).toBe("toString");
  });
});
