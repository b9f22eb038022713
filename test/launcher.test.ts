/**
 * `npx --no-install pruntime` starts the command of this checkout, and never a command from the package
 * registry.
 */
import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const { bin, version } = JSON.parse(readFileSync(join(root, "cli/package.json"), "utf8")) as {
  readonly bin: Readonly<Record<string, string>>;
  readonly version: string;
};

it("links to an executable file, which exists before anything is built", () => {
  expect(statSync(join(root, "cli", bin["pruntime"] ?? "")).mode & 0o111).not.toBe(0);
  expect(existsSync(join(root, "node_modules/.bin/pruntime"))).toBe(true);
});

it.each([["--no-install"], ["--yes"]])(
  "npx %s starts the command without a request to the registry",
  async (option) => {
    const asked: (string | undefined)[] = [];
    const registry = createServer(({ url }, response) => {
      asked.push(url);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
    const { port } = registry.address() as AddressInfo;
    const env = {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_update_notifier: "false",
    };
    const { stdout } = await promisify(execFile)("npx", [option, "pruntime", "--version"], {
      cwd: root,
      env,
    });
    registry.close();
    expect([stdout.trim(), asked]).toEqual([version, []]);
  },
);
