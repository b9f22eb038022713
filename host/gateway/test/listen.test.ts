import { spawnSync } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { type FastifyInstance, fastify } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "../src/http/listen.ts";
import { temporaryFolder } from "./support/gateway.ts";

const open: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

function server(): FastifyInstance {
  const app = fastify();
  app.get("/", async () => "here");
  open.push(app);
  return app;
}

const host = "127.0.0.1";

describe("a port", () => {
  it("of 0 selects any free port", async () => {
    const url = await listen(server(), { host, port: 0 });
    expect(await (await fetch(url)).text()).toBe("here");
  });

  it("gateway/port-taken, or the next free port if `orNext` is set", async () => {
    const port = Number(new URL(await listen(server(), { host, port: 0 })).port);
    await expect(listen(server(), { host, port })).rejects.toMatchObject({
      detail: { code: "gateway/port-taken", port },
    });
    const next = Number(new URL(await listen(server(), { host, port, orNext: true })).port);
    expect([next > port, next < port + 50]).toEqual([true, true]);
  });
});

describe("a Unix socket", () => {
  const ask = (socketPath: string) =>
    new Promise<string>((resolve, reject) => {
      const sent = request({ socketPath, path: "/" }, (response) => {
        response.once("data", (chunk: Buffer) => resolve(chunk.toString()));
      });
      sent.once("error", reject);
      sent.end();
    });

  it("is served, and only the gateway's user may connect", async () => {
    const path = join(temporaryFolder(), "operator.sock");
    expect(await listen(server(), { path })).toBe(`unix:${path}`);
    expect([await ask(path), statSync(path).mode & 0o777]).toEqual(["here", 0o600]);
  });

  it("is replaced if no process listens on it any more", async () => {
    const path = join(temporaryFolder(), "operator.sock");
    const killed =
      "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 9))";
    spawnSync(process.execPath, ["-e", killed, path]);
    expect(statSync(path).isSocket()).toBe(true);
    await listen(server(), { path });
    expect(await ask(path)).toBe("here");
  });

  it("gateway/socket-taken: a socket in use, and a file that is not a socket and is kept", async () => {
    const folder = temporaryFolder();
    const [used, file, directory] = [join(folder, "used"), join(folder, "file"), join(folder, "directory")];
    const other = createServer().listen(used);
    await new Promise((resolve) => other.once("listening", resolve));
    writeFileSync(file, "kept");
    mkdirSync(directory);
    for (const path of [used, file, directory])
      await expect(listen(server(), { path })).rejects.toMatchObject({
        detail: { code: "gateway/socket-taken", path },
      });
    expect(statSync(file).size).toBe(4);
    other.close();
  });
});
