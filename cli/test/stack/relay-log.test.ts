import { expect, it } from "vitest";
import { relayProgress } from "../../src/stack/relay.ts";
import { openLog } from "../../src/terminal/log.ts";

it("a relay has one line for each batch of blocks, and notes what goes wrong as a warning", () => {
  let text = "";
  const output = {
    write: (lines: string) => {
      text += lines;
    },
  };
  const log = openLog({ logLevel: "info", logFormat: "human" }, output);
  for (const level of ["info", "debug"] as const) {
    const progress = relayProgress(log, level);
    progress.synced(1, 9);
    progress.staged(1, 9);
    progress.dispatched(1, 9);
  }
  const progress = relayProgress(log, "info");
  progress.note("worker initialized");
  progress.trouble("node gone");
  expect(text.replace(/^\S+ /gm, "")).toBe(
    "info  blocks dispatched part=relay from=1 to=9\n" +
      "info  worker initialized part=relay\nwarn  node gone part=relay\n",
  );
});
