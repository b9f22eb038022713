/** The files in deploy/ start workers in production mode, with options that this program accepts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { requireGenuine } from "../src/hardware.ts";
import { readOptions } from "../src/options.ts";

const file = (path: string) => readFileSync(join(import.meta.dirname, "../../deploy", path), "utf8");
const strings = (text: string) => [...text.matchAll(/"([^"]*)"/g)].map(([, value = ""]) => value);

describe("deploy", () => {
  it("gramine: fixes the arguments of a production worker", () => {
    const manifest = file("gramine/enclave.manifest.template");
    const argv = strings(/loader\.argv = \[(.*?)\]/s.exec(manifest)![1]!);
    const options = readOptions(argv.slice(argv.findIndex((word) => word.endsWith("/enclave.mjs")) + 1));
    expect(options).toEqual({
      production: true,
      allowsV1: false,
      provider: "gramine",
      root: undefined,
      sealing: "hardware",
    });
    requireGenuine(options);
    const settings = manifest.split("\n").filter((line) => !line.startsWith("#"));
    expect(settings.filter((line) => line.includes("insecure__"))).toEqual([]);
    expect(settings).toContain("sgx.debug = false");
    expect(settings).toContain('sgx.remote_attestation = "dcap"');
  });

  it.each([
    ["dstack/docker-compose.yaml", "dstack", /command:\n((?: +- .*\n)+)/],
    ["systemd/pruntime-worker.service", "configfs-tsm", /ExecStart=(.*)\n/],
  ])("%s: starts a production worker on %s", (path, provider, command) => {
    const words = command.exec(file(path))![1]!.replace(/^ +- /gm, " ").split(/\s+/);
    expect(words).toContain("--production");
    expect(words[words.indexOf("--attest") + 1]).toBe(provider);
    expect(words.filter((word) => ["--attest-root", "--seal", "--dev"].includes(word))).toEqual([]);
  });
});
