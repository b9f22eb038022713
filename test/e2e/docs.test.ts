/** Runs the examples of /docs as they stand there, with a shell, beside a running stack. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { byHand } from "../../host/gateway/src/http/docs-page.ts";
import { run, testStack } from "./processes.ts";

const { folder, started } = testStack("docs");

it("every example of /docs succeeds when it is pasted", { timeout: 240_000 }, async () => {
  const dataDir = join(folder, ".pruntime");
  const { ready } = await started(
    ...["up", "--data-dir", dataDir, "--port", "0", "--chain-port", "0", "--block-ms", "200"],
  );
  while ((await run("status", "--data-dir", dataDir)).exitCode !== 0) await sleep(200);
  const page = await (await fetch(ready["docs"] ?? "")).text();
  const examples = [...page.matchAll(/<pre class="example">([^<]+)<\/pre>/g)].map(([, text = ""]) =>
    text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
  );
  expect(examples.length).toBe(byHand.length);
  for (const example of examples) {
    const { stdout } = await promisify(execFile)("sh", ["-c", example], { cwd: folder });
    expect([example, JSON.parse(stdout)]).toMatchObject([example, { status: "ok" }]);
  }
});
