import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { getFromWorker, postToWorker } from "../src/index.ts";

async function serving(listener: RequestListener, path?: string): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, "127.0.0.1", resolve) : server.listen(path, resolve),
  );
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return path === undefined ? `http://127.0.0.1:${(server.address() as AddressInfo).port}` : `unix:${path}`;
}

const echo: RequestListener = (request, response) => {
  const { method, url, headers } = request;
  let body = "";
  request.on("data", (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on("end", () => {
    response.writeHead(201, { "x-seen": `${method} ${url} ${headers.authorization}` }).end(body);
  });
};
const call = { action: "get_info", body: "{}", timeoutMs: 10_000, maxReplyBytes: 100 };
const token = "0123456789abcdef";

it("getFromWorker reads a page, with the token", async () => {
  const reply = await getFromWorker({ url: await serving(echo), token }, "readyz");
  expect([reply.status, reply.header("x-seen")]).toEqual([201, `GET /readyz Bearer ${token}`]);
});

describe("postToWorker", () => {
  it("calls a worker at a port, below a path, and at a Unix socket, with the token", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pruntime-post-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const port = await serving(echo);
    const socket = await serving(echo, join(folder, "operator.sock"));
    for (const [url, path] of [
      [port, "/get_info"],
      [`${port}/below/`, "/below/get_info"],
      [socket, "/get_info"],
    ] as const) {
      const reply = await postToWorker({ url, token }, call);
      expect([reply.status, reply.body.toString(), reply.header("x-seen")]).toEqual([
        201,
        "{}",
        `POST ${path} Bearer ${token}`,
      ]);
    }
    expect((await postToWorker({ url: port }, call)).header("x-seen")).toBe("POST /get_info undefined");
  });

  it("reads no more of a reply than the limit", async () => {
    const url = await serving((_, response) => {
      const more = () => {
        while (response.write("x".repeat(64)));
      };
      response.on("drain", more);
      more();
    });
    await expect(postToWorker({ url }, call)).rejects.toThrow("too large");
    const exact = await serving((_, response) => response.end("x".repeat(100)));
    expect((await postToWorker({ url: exact }, call)).body.length).toBe(100);
  });

  it("follows no redirect, so no other address receives the token", async () => {
    const asked: unknown[] = [];
    const other = await serving((request, response) => {
      asked.push(request.headers.authorization);
      response.end();
    });
    const url = await serving((_, response) => response.writeHead(307, { location: `${other}/x` }).end());
    expect([(await postToWorker({ url, token }, call)).status, asked]).toEqual([307, []]);
  });

  it("gives up a call that takes too long, and a call that no server answers", async () => {
    const url = await serving(() => undefined);
    await expect(postToWorker({ url }, { ...call, timeoutMs: 20 })).rejects.toThrow();
    await expect(postToWorker({ url: "unix:/nowhere/operator.sock" }, call)).rejects.toThrow();
  });
});
