/** Tries a bundle of the client's package on a web page, in Chromium. */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "playwright-core";
import type { PageBundle } from "./bundle-bytes.ts";
import type { Stack, transfer } from "./transfer.ts";

/** The path of Chromium. `undefined` if this machine has none. */
export function chromiumPath(): string | undefined {
  const path = process.env["PRUNTIME_CHROMIUM"] ?? "/usr/bin/chromium";
  return existsSync(path) ? path : undefined;
}

/**
 * Loads a bundle that exports `transfer` on a page of an origin of its own, and runs it there. Returns the
 * result, and the names of the bundle's files that the page loaded.
 */
export async function tryOnPage(
  executablePath: string,
  bundle: PageBundle,
  stack: Stack,
): Promise<{ readonly answer: Awaited<ReturnType<typeof transfer>>; readonly loaded: readonly string[] }> {
  const loaded: string[] = [];
  const server = createServer(({ url = "/" }, response) => {
    const name = url.slice(1);
    const file = bundle.files.get(name);
    if (file !== undefined) loaded.push(name);
    response.setHeader("content-type", file === undefined ? "text/html" : "text/javascript");
    response.end(file ?? "<!doctype html><title>A page with the client's package</title>");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const answer = await page.evaluate(
      async ([entry, given]) => {
        const module = (await import(entry)) as { readonly transfer: typeof transfer };
        return module.transfer(JSON.parse(given) as Stack);
      },
      [`/${bundle.entry}`, JSON.stringify(stack)] as const,
    );
    return { answer, loaded };
  } finally {
    await browser.close();
    server.close();
  }
}
