/** Tests the web page in a real browser, against the whole stack that `pruntime up` starts. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
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
const views = [
  "trust",
  "accounts",
  "balances",
  "assets",
  "data-plaza",
  "contracts",
  "explorer",
  "components",
];
/** The size of the page, compressed, in bytes. */
const most = { firstLoad: 110_000, all: 230_000 };
const assets = join(import.meta.dirname, "../../host/console/dist/assets");
/** An amount that appears nowhere else, and must not appear in what the browser sends and receives. */
const secret = "7312345";

describeInBrowser(`the page [needs Chromium at ${executablePath}]`, () => {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-page-"));
  let stack: Part;
  let browser: Browser;
  let alice: Page;
  let address: string;
  const complaints: string[] = [];
  const traffic: string[] = [];
  const loaded: { url: string; gzip: number }[] = [];

  /** Opens a tab, and records what it complains of and what it sends and receives. */
  async function open(place: string, context: Browser | BrowserContext = browser): Promise<Page> {
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => traffic.push(request.postData() ?? ""));
    page.on("websocket", (socket) => {
      socket.on("framesent", ({ payload }) => traffic.push(payload.toString()));
      socket.on("framereceived", ({ payload }) => traffic.push(payload.toString()));
    });
    page.on("response", (response) => {
      if (response.request().method() === "POST")
        void response.text().then(
          (text) => traffic.push(text),
          () => undefined,
        );
    });
    await page.goto(`${address}#/${place}`);
    return page;
  }

  const send = async (page: Page, command: string, fields: Readonly<Record<string, string>>) => {
    const form = page.locator(`[data-command=${command}]`);
    for (const [name, value] of Object.entries(fields)) await form.locator(`[name='/${name}']`).fill(value);
    await form.locator("button.primary").click();
    return form;
  };

  beforeAll(async () => {
    stack = await start("up", "--port", "0", "--chain-port", "0", "--block-ms", "300", "--data-dir", folder);
    address = stack.ready["page"] ?? "";
    browser = await chromium.launch({ executablePath, args: flags });
    alice = await browser.newPage();
    alice.on("response", (response) => {
      if (response.url().startsWith(address) && response.request().method() === "GET")
        void response
          .body()
          .then((body) => loaded.push({ url: response.url(), gzip: gzipSync(body).length }));
    });
    await alice.goto(address);
    await alice.getByRole("heading", { name: "Simulated: protects nothing" }).waitFor();
    await alice.close();
    alice = await open("trust");
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await stack?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it("loads little at first, and little in all", () => {
    const bytes = loaded.reduce((sum, { gzip }) => sum + gzip, 0);
    expect(loaded.map(({ url }) => url.replace(address, "/"))).toContain("/");
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(most.firstLoad);
    const files = readdirSync(assets).map((name) => gzipSync(readFileSync(join(assets, name))).length);
    expect(files.reduce((sum, size) => sum + size, 0)).toBeLessThan(most.all);
  });

  it("says that the worker is simulated, and who vouches for each finding", async () => {
    await alice.getByRole("heading", { name: "Simulated: protects nothing" }).waitFor();
    const row = (text: string | RegExp) => alice.locator("tr", { hasText: text }).first().textContent();
    expect(await row("Chain anchor")).toMatch(/[0-9a-f]{8}….*✓ proven here$/);
    expect(await row("Freshness")).toMatch(/\d+ s old✓ attested$/);
    expect(await row("chain's runtime")).toMatch(/readablesigned$/);
    expect(await row("served from")).toMatch(/reported$/);
    expect(await row(/^evidence/)).toMatch(/simulated, verified here for a fresh nonce; .* server/);
    expect(await alice.getByRole("heading", { name: /^Verified$/ }).count()).toBe(0);
  });

  it("shows a private balance, and refuses another account's", { timeout: 30_000 }, async () => {
    await alice.goto(`${address}#/balances`);
    await alice.locator("#balance", { hasText: "1\u2009024\u2009000\u2009000\u2009000\u2009000" }).waitFor();
    await alice.goto(`${address}#/contracts?of=Balances&message=ask/FreeBalance`);
    const form = alice.locator("[data-request=FreeBalance]");
    await form.locator("[name='/account']").fill("Bob");
    await form.getByRole("button", { name: "Ask" }).click();
    await form.getByText("refused", { exact: true }).waitFor();
    await form.getByText("NotAuthorized").first().waitFor();
  });

  it("sends, shows each step, and lets the other browser see the amount", { timeout: 60_000 }, async () => {
    await alice.goto(`${address}#/balances`);
    const form = await send(alice, "Transfer", { dest: "Bob", value: secret });
    await form.getByText("Executed by the worker").waitFor();
    await form.getByText("Ok", { exact: true }).waitFor({ timeout: 45_000 });
    expect(await form.getByRole("link", { name: /^block \d+$/ }).count()).toBe(1);
    const context = await browser.newContext();
    const bob = await open("balances", context);
    await bob.locator("header select").selectOption("Bob");
    await bob.locator("#balance", { hasText: "7\u2009312\u2009345" }).waitFor();
    await context.close();
  });

  it("shows why a command failed, as a failure", { timeout: 60_000 }, async () => {
    await alice.goto(`${address}#/assets`);
    const form = await send(alice, "Destroy", { id: "77" });
    await form.locator(".badge.bad", { hasText: "AssetIdNotFound" }).waitFor({ timeout: 45_000 });
  });

  it("puts a command on chain as a remark, if the user wants", { timeout: 60_000 }, async () => {
    await alice.goto(`${address}#/contracts?of=Assets&message=send/Issue`);
    await alice.locator("[name=via]").selectOption("remark");
    const form = await send(alice, "Issue", { symbol: "PAGE", total: "1000" });
    await form.getByText("Ok", { exact: true }).waitFor({ timeout: 45_000 });
    await alice.goto(`${address}#/assets`);
    await alice.locator("tr", { hasText: "PAGE" }).waitFor();
  });

  it("says where a typed value is wrong, and keeps it over a reload", async () => {
    await alice.goto(`${address}#/balances`);
    const value = alice.locator("[data-command=Transfer] [name='/value']");
    await send(alice, "Transfer", { value: "12x" });
    await alice.getByText("The value at /value does not fit").waitFor();
    await alice.reload();
    expect(await value.inputValue()).toBe("12x");
    expect(await alice.locator("main").textContent()).toContain("Balances: Transfer as Alice");
  });

  it("finds a block and a command, which only its sender can read", { timeout: 30_000 }, async () => {
    await alice.goto(`${address}#/balances`);
    await alice.getByRole("link", { name: "receipt" }).first().click();
    await alice.locator("dd", { hasText: secret }).waitFor();
    await alice.locator("header select").selectOption("Bob");
    await alice.getByText("Choose that account.").waitFor();
    await alice.locator("header select").selectOption("Alice");
    await alice.locator("[name=find]").fill("1");
    await alice.getByRole("button", { name: "Find" }).click();
    await alice.getByRole("heading", { name: "Block 1" }).waitFor();
  });

  it("turns amber and locks sealing when the latest block is old", async () => {
    const page = await open("balances");
    await page.locator("#balance").waitFor();
    await page.clock.setSystemTime(Date.now() + 200_000);
    await page.locator(".state.warn", { hasText: "Out of date" }).waitFor();
    expect(await page.locator("[data-command=Transfer] button.primary").isDisabled()).toBe(true);
    await page
      .locator("[data-command=Transfer]")
      .getByText(/too old|does not answer/)
      .waitFor();
    await page.close();
  });

  it("refuses a worker that the policy or the anchor does not name, and seals nothing", async () => {
    const other = JSON.stringify({
      version: 1,
      lineage: null,
      simulated: { measurements: ["00".repeat(32)] },
    });
    const own = readFileSync(join(folder, "policy.json"), "utf8");
    const anchor = readFileSync(join(folder, "anchor"), "utf8").trim();
    for (const trust of [
      { policy: other, anchor },
      { policy: own, anchor: "00".repeat(32) },
    ]) {
      const page = await open(`trust?${new URLSearchParams(trust)}`);
      await page.getByRole("heading", { name: "Refused" }).waitFor();
      await page.goto(`${address}#/balances`);
      expect(await page.locator("[data-command=Transfer] button.primary").isDisabled()).toBe(true);
      await page.close();
    }
  });

  it("also comes from the user's own machine, with the user's policy", { timeout: 60_000 }, async () => {
    const own = await start("page", "--port", "0", "--data-dir", folder);
    const page = await browser.newPage();
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(own.ready["page"] ?? "");
    await page.locator("tr", { hasText: "your own machine supplied policy and anchor" }).waitFor();
    await page.goto(`${own.ready["page"]}#/assets`);
    const form = await send(page, "Issue", { symbol: "OWN", total: "5" });
    await form.getByText("Ok", { exact: true }).waitFor({ timeout: 45_000 });
    await page.close();
    await own.end();
  });

  it("has no serious fault of accessibility, in light and in dark", { timeout: 60_000 }, async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({ bypassCSP: true, colorScheme });
      const page = await open("trust", context);
      for (const view of views) {
        await page.goto(`${address}#/${view}`);
        await page.locator("main h2").first().waitFor();
        await page.evaluate(axe);
        const faults = await page.evaluate(async () => {
          const { axe: tool } = globalThis as unknown as {
            axe: {
              run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
            };
          };
          return (await tool.run()).violations
            .filter(({ impact }) => impact === "serious" || impact === "critical")
            .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
        });
        expect([view, colorScheme, faults]).toEqual([view, colorScheme, []]);
      }
      await context.close();
    }
  });

  it("fits a screen of 320 pixels, and hardly shifts while it loads", { timeout: 30_000 }, async () => {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
    const page = await open("trust", context);
    await page.getByRole("heading", { name: "Simulated: protects nothing" }).waitFor();
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries())
              sum += (entry as PerformanceEntry & { value: number }).value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve(sum), 200);
        }),
    );
    expect(shift).toBeLessThan(0.1);
    for (const view of views) {
      await page.goto(`${address}#/${view}`);
      await page.locator("main h2").first().waitFor();
      expect([view, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([view, 320]);
    }
    await context.close();
  });

  it("serves the description of the REST interface", async () => {
    const docs = await browser.newPage();
    await docs.goto(stack.ready["docs"] ?? "");
    await docs.getByText("/get_info").first().waitFor();
    await docs.close();
  });

  it("sends and receives no plaintext", () => {
    expect(traffic.some((text) => text.includes('"method":"chainHead_v1_follow"'))).toBe(true);
    expect(traffic.some((text) => text.includes("query_payload"))).toBe(true);
    expect(traffic.filter((text) => text.includes(secret))).toEqual([]);
  });

  it("causes no errors in the browser", () => expect(complaints).toEqual([]));
});
