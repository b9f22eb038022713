import { sentenceOf } from "@pruntime/client/errors";
import { ProtocolError } from "@pruntime/core/errors";
import { lineProgress, RelayError } from "@pruntime/relay";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeForOperator, startRelay } from "../../src/stack/relay.ts";

describe("a note of the relay", () => {
  it("says what a documented error means, and what to do about it", () => {
    const gap = describeForOperator(new RelayError({ code: "relay/gap", from: 11, to: 86 }));
    expect(`${gap}.`).toBe(`relay/gap (from 11, to 86): ${sentenceOf("relay/gap")}`);
    expect(gap).toMatch(/--archive-node.*--spool-from.*checkpoint/);
  });

  it("gives the code and the facts of any other error", () => {
    class OtherError extends ProtocolError<{ readonly code: "other/thing"; readonly at: number }> {}
    expect(describeForOperator(new OtherError({ code: "other/thing", at: 3 }))).toBe("other/thing (at 3)");
  });

  it("describes errors in this way while the relay runs", async () => {
    const notes: string[] = [];
    const relay = await startRelay({
      nodes: ["ws://127.0.0.1:9"],
      worker: { url: "http://127.0.0.1:9" },
      progress: lineProgress((line) => notes.push(line)),
    });
    onTestFinished(() => relay.close());
    const sentence = sentenceOf("relay/node-unreachable")?.replace(/\.$/, "; ");
    await expect.poll(() => notes[0]).toContain(sentence);
  });
});
