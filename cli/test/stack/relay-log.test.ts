import { expect, it } from "vitest";
import { relayProgress } from "../../src/stack/relay.ts";
import { type Log, openLog } from "../../src/terminal/log.ts";

const logged = (logLevel: "debug" | "info", use: (log: Log) => void): string => {
  let text = "";
  const write = (lines: string): void => {
    text += lines;
  };
  use(openLog({ logLevel, logFormat: "human" }, { write }));
  return text.replace(/^\S+ /gm, "");
};

it("a relay has one line for the blocks of ten seconds, and notes what goes wrong as a warning", () => {
  let clock = 1_000;
  const text = logged("info", (log) => {
    const progress = relayProgress(log, "info", () => clock);
    progress.synced(1, 9);
    progress.staged(1, 9);
    for (let block = 1; block < 9; block++) progress.dispatched(block, block);
    clock += 9_999;
    progress.dispatched(9, 9);
    clock += 1;
    progress.dispatched(10, 12);
    progress.note("worker initialized");
    progress.trouble("node gone");
  });
  expect(text).toBe(
    "info  blocks dispatched part=relay from=1 to=1\n" +
      "info  blocks dispatched part=relay from=2 to=12\n" +
      "info  worker initialized part=relay\nwarn  node gone part=relay\n",
  );
});

it("a relay beside its worker's gateway says nothing about blocks at the level info", () => {
  expect(logged("info", (log) => relayProgress(log, "debug").dispatched(1, 9))).toBe("");
});

it("a relay has a line for each batch of blocks at the level debug", () => {
  const text = logged("debug", (log) => {
    const progress = relayProgress(log, "info");
    progress.dispatched(1, 9);
    progress.dispatched(10, 10);
  });
  expect(text).toBe(
    "debug blocks dispatched part=relay from=1 to=9\ndebug blocks dispatched part=relay from=10 to=10\n",
  );
});
