/** Checks the files of deploy/containers without an engine. `npm run containers` runs them. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { root } from "../scripts/bundles.ts";

const folder = join(root, "deploy/containers");

describe("the health check", () => {
  /** Its exit status, for an address with this scheme at which a server answers with this status. */
  async function healthOf(scheme: string, status: number | undefined): Promise<unknown> {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.method);
      response.writeHead(status ?? 200).end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    if (status === undefined) server.close();
    const env = { ...process.env, PRUNTIME_HEALTH: `${scheme}://127.0.0.1:${port}/page` };
    const child = spawn(process.execPath, [join(folder, "health.mjs")], { env });
    return [await new Promise((resolve) => child.once("exit", resolve)), ...asked];
  }

  it.each([
    ["http", 200, [0, "GET"]],
    ["http", 503, [1, "GET"]],
    ["ws", 200, [0, "POST"]],
    ["ws", 405, [1, "POST"]],
    ["http", undefined, [1]],
  ] as const)("of %s:// with answer %s", async (scheme, status, expected) => {
    expect(await healthOf(scheme, status)).toEqual(expected);
  });
});

describe.each(["compose.yaml", "compose.own-node.yaml"])("%s", (file) => {
  const { services, volumes, secrets } = parse(readFileSync(join(folder, file), "utf8"), { merge: true }) as {
    readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly volumes: object;
    readonly secrets: object;
  };

  it("gives no service more than it needs", () => {
    expect(Object.keys(services).length).toBeGreaterThan(1);
    for (const service of Object.values(services))
      expect(service).toMatchObject({
        user: "1000:1000",
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
  });

  it("publishes the worker's public address only, and on this machine only", () => {
    const published = Object.entries(services).flatMap(([name, { ports }]) => (ports ? [[name, ports]] : []));
    expect(published).toEqual([["worker", [expect.stringMatching(/^127\.0\.0\.1:.*:8000$/)]]]);
  });

  it("gives each part a volume of its own, and the token from a file", () => {
    const parts = Object.keys(services).filter((name) => name !== "client");
    for (const part of parts) expect(services[part]?.["volumes"]).toEqual([`${part}:/data`]);
    expect(Object.keys(volumes)).toEqual(parts);
    expect(secrets).toMatchObject({ "operator-token": { file: expect.any(String) } });
  });
});
