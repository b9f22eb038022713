/**
 * `npx tsx scripts/screenshots.ts FOLDER`: takes a picture of each view of the web page, on a wide and on a
 * narrow screen, in light and in dark. Starts a stack of its own. Needs Chromium (`PRUNTIME_CHROMIUM`).
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Page } from "playwright-core";

const [folder = "screenshots"] = process.argv.slice(2);
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
const screens = { wide: { width: 1280, height: 900 }, narrow: { width: 360, height: 780 } } as const;
const command = join(import.meta.dirname, "../cli/dist/pruntime.mjs");
const data = mkdtempSync(join(tmpdir(), "pruntime-screenshots-"));
const options = ["--port", "0", "--chain-port", "0", "--block-ms", "1000", "--data-dir", data, "--json"];

mkdirSync(folder, { recursive: true });
const stack = spawn(process.execPath, [command, "up", ...options], { stdio: ["ignore", "pipe", "inherit"] });
const { page: address } = await readyLine();
const browser = await chromium.launch({
  executablePath: process.env["PRUNTIME_CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  await useThePage();
  for (const [name, viewport] of Object.entries(screens))
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await browser.newPage({ viewport, colorScheme });
      for (const view of views) await picture(page, view, `${view}-${name}-${colorScheme}.png`);
      await page.close();
    }
} finally {
  await browser.close();
  stack.kill("SIGINT");
  await new Promise((done) => stack.once("exit", done));
  rmSync(data, { recursive: true, force: true });
}

async function readyLine(): Promise<{ page: string }> {
  const lines = createInterface({ input: stack.stdout });
  return new Promise((done) => lines.once("line", (line) => done(JSON.parse(line) as { page: string })));
}

/** Sends a few commands, so that the pictures show more than empty lists. */
async function useThePage(): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${address}#/assets`);
  const issue = page.locator("[data-command=Issue]");
  await issue.locator("[name='/symbol']").fill("PAGE");
  await issue.locator("[name='/total']").fill("1000000");
  await issue.locator("button.primary").click();
  await issue.getByText("Ok").waitFor();
  await page.goto(`${address}#/data-plaza`);
  const list = page.locator("[data-command=List]");
  await list.locator("[name='/name']").fill("people");
  await list.locator("[name='/category']").fill("demo");
  await list.locator("[name='/price/PerRow/price']").fill("100");
  await list.locator("[name='/dataset_link']").fill("/ipfs/people");
  await list.locator("button.primary").click();
  await list.getByText("Ok").waitFor();
  await page.close();
}

async function picture(page: Page, view: string, file: string): Promise<void> {
  await page.goto(`${address}#/${view}`);
  await page.getByText("Simulated: protects nothing").first().waitFor();
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: resolve(folder, file), fullPage: true });
}
