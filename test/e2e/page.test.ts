/** Tests the web page in a real browser, against the whole stack that `pruntime up` starts. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Part, start } from "./processes.ts";

const executablePath = process.env["PRUNTIME_CHROMIUM"] ?? "/usr/bin/chromium";
const required = process.env["PRUNTIME_REQUIRE_FIXTURES"] === "1";
const describeInBrowser = existsSync(executablePath) || required ? describe : describe.skip;
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

describeInBrowser(`the page [needs Chromium at ${executablePath}]`, () => {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-page-"));
  let stack: Part;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    stack = await start("up", "--port", "0", "--chain-port", "0", "--block-ms", "300", "--data-dir", folder);
    browser = await chromium.launch({ executablePath, args: flags });
    page = await browser.newPage();
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(stack.ready["page"] ?? "");
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await stack?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it("says that the worker is simulated, and names the sources of its figures", async () => {
    await page.getByText("Simulated: this worker does not run in a TEE").waitFor();
    expect(await page.locator("tr", { hasText: "state root" }).textContent()).toMatch(
      /state root[0-9a-f]{64}signed/,
    );
    expect(await page.locator("tr", { hasText: "meaning of events" }).textContent()).toContain("proven code");
    expect(await page.locator("tr", { hasText: "chain's runtime" }).textContent()).toMatch(/readablesigned$/);
  });

  it("shows what it has verified about the worker", async () => {
    const row = page.locator("tr", { hasText: "evidence" });
    expect(await row.textContent()).toMatch(
      /^evidencesimulated, verified here for a fresh nonce; .* server.*attested$/,
    );
  });

  it("queries a contract and shows the dated answer", async () => {
    await page.click("#ask-go");
    const result = page.locator("#ask-result", { hasText: "signed by the worker" });
    await result.waitFor();
    expect(await result.textContent()).toContain('{"FreeBalance":{"balance":"1024000000000000"}}');
  });

  it("puts a sealed command on chain and shows its result", { timeout: 60_000 }, async () => {
    await page.click("#command-go");
    const result = page.locator("#command-result", { hasText: "executed: Ok" });
    await result.waitFor({ timeout: 45_000 });
    expect(await result.textContent()).toMatch(
      /by Execution\.push_command, executed.*\{"Sealed":\{"cipher_b64":/s,
    );
  });

  it("puts a command on chain as a remark, if the user wants", { timeout: 60_000 }, async () => {
    await page.locator("label", { hasText: /^by/ }).locator("select").selectOption("remark");
    await page.click("#command-go");
    const result = page.locator("#command-result", { hasText: "executed: Ok" });
    await page
      .locator("#command-result", { hasText: "by System.remark_with_event" })
      .waitFor({ timeout: 45_000 });
    await result.waitFor({ timeout: 45_000 });
  });

  it("puts no command on another chain than the worker's", { timeout: 60_000 }, async () => {
    const data = join(folder, "elsewhere");
    const elsewhere = await start("chain", "--port", "0", "--block-ms", "0", "--data-dir", data);
    const node = page.locator("label", { hasText: /^node/ }).locator("input");
    const own = await node.inputValue();
    expect(own).toBe(stack.ready["chain"]);
    await node.fill(elsewhere.ready["chain"] ?? "");
    await page.click("#command-go");
    await page.locator("#command-result", { hasText: "refused: the node is of another chain" }).waitFor();
    await node.fill(own);
    await elsewhere.end();
  });

  it("refuses text that is not JSON, and explains why", async () => {
    await page.locator("form").first().locator("textarea").fill("{");
    await page.click("#ask-go");
    await page.locator("#ask-result", { hasText: "refused: json/" }).waitFor();
  });

  it("serves the description of the REST interface", async () => {
    const docs = await browser.newPage();
    await docs.goto(stack.ready["docs"] ?? "");
    await docs.getByText("/get_info").first().waitFor();
    if (process.env["PRUNTIME_SCREENSHOTS"] !== undefined) {
      await page.screenshot({ path: join(process.env["PRUNTIME_SCREENSHOTS"], "page.png"), fullPage: true });
      await docs.screenshot({ path: join(process.env["PRUNTIME_SCREENSHOTS"], "docs.png") });
    }
    await docs.close();
  });

  it("causes no errors in the browser", () => expect(complaints).toEqual([]));
});
