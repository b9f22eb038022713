import { describe, expect, it } from "vitest";
import { type LogFlags, openLog } from "../../src/terminal/log.ts";

function opened(flags: LogFlags) {
  let text = "";
  const output = {
    write: (lines: string) => {
      text += lines;
    },
  };
  const log = openLog(flags, output);
  return { log, text: () => text };
}

describe("the log", () => {
  it("passes lines of JSON on unchanged", () => {
    const { log, text } = opened({ logLevel: "info", logFormat: "json" });
    log.write('{"level":30,"time":1,"msg":"a"}\n');
    log.say("warn", "b", { from: 1 });
    const [first, second] = text().trim().split("\n");
    expect(first).toBe('{"level":30,"time":1,"msg":"a"}');
    expect(JSON.parse(second ?? "")).toEqual({ level: 40, time: expect.any(Number), from: 1, msg: "b" });
  });

  it("writes for people the time, the level, the message and the facts", () => {
    const { log, text } = opened({ logLevel: "debug", logFormat: "human" });
    const facts = '"from":6,"code":"a/b","trace":["at x"]';
    log.write(
      `{"level":30,"time":1500,${facts},"msg":"blocks dispatched"}\n{"level":60,"time":0,"msg":"x"}\n`,
    );
    expect(text()).toBe(
      '00:00:01.500 info  blocks dispatched from=6 code=a/b trace=["at x"]\n00:00:00.000 fatal x\n',
    );
  });

  it("leaves out what is below its level", () => {
    const { log, text } = opened({ logLevel: "warn", logFormat: "human" });
    log.say("info", "left out");
    log.say("warn", "written");
    expect(text()).toMatch(/^\S+ warn {2}written\n$/);
  });

  it("has the format for machines where there is no terminal", () => {
    const { log, text } = opened({ logLevel: "info" });
    log.say("info", "a");
    expect(JSON.parse(text())).toMatchObject({ msg: "a" });
  });
});
