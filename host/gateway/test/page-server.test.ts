import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startPageServer } from "../src/page-server.ts";
import { temporaryFolder } from "./support/gateway.ts";

/** Starts a worker that answers each call with its path and body, and a page's server in front of it. */
async function serve(answer = (path: string, body: string) => `${path} ${body}`) {
  const worker = createServer(async (asked, response) => {
    let body = "";
    for await (const chunk of asked) body += String(chunk);
    response.writeHead(200, { "pruntime-code": "ok", "set-cookie": "a=b" });
    response.end(answer(asked.url ?? "", body));
  });
  await new Promise<void>((done) => worker.listen(0, "127.0.0.1", done));
  const consoleDir = join(temporaryFolder(), "page");
  mkdirSync(consoleDir);
  writeFileSync(join(consoleDir, "index.html"), "the page");
  const workerUrl = `http://127.0.0.1:${(worker.address() as AddressInfo).port}`;
  const { url, close } = await startPageServer({ workerUrl, consoleDir, trust: '{"a":1}', port: 0 });
  const stopWorker = () => {
    worker.closeAllConnections();
    worker.close();
  };
  onTestFinished(async () => {
    stopWorker();
    await close();
  });
  const ask = (path: string, { method = "POST", origin = url, host = new URL(url).host } = {}) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve) => {
      const headers = { "content-type": "application/json", origin, host };
      const asked = request(`${url}${path}`, { method, headers }, (response) => {
        let body = "";
        response.on("data", (chunk) => (body += String(chunk)));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      asked.end(method === "POST" ? "{}" : undefined);
    });
  return { ask, stopWorker };
}

it("serves the page and its trust, and passes on public actions only", async () => {
  const { ask } = await serve();
  expect(await ask("/", { method: "GET" })).toMatchObject({ status: 200, body: "the page" });
  expect(await ask("/trust.json", { method: "GET" })).toMatchObject({ status: 200, body: '{"a":1}' });
  const { status, headers, body } = await ask("/get_status");
  expect([status, body, headers["pruntime-code"]]).toEqual([200, "/get_status {}", "ok"]);
  expect(headers["set-cookie"]).toBeUndefined();
  for (const path of ["/init_runtime", "/dump_states", "/nothing"])
    expect((await ask(path)).status).toBe(404);
});

it("refuses foreign pages, and names that were pointed here", async () => {
  const { ask } = await serve();
  expect((await ask("/query", { origin: "http://evil.example" })).status).toBe(403);
  expect((await ask("/query", { host: "evil.example", origin: "http://evil.example" })).status).toBe(403);
  expect((await ask("/", { method: "GET", host: "evil.example" })).status).toBe(403);
});

it("says that the worker does not answer, or answers too much", async () => {
  const long = await serve(() => "x".repeat(1 << 20));
  expect(await long.ask("/get_status")).toMatchObject({ status: 502 });
  const { ask, stopWorker } = await serve();
  stopWorker();
  expect((await ask("/query")).body).toContain("http/worker-unreachable");
});
