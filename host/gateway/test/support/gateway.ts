import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { type Callable, findAction, readEnvelope } from "@pruntime/api";
import { decodeJson } from "@pruntime/core/json";
import { build } from "esbuild";
import { afterAll, afterEach } from "vitest";
import { type Gateway, type GatewayOptions, startGateway } from "../../src/index.ts";
import { memoryStore } from "../../src/testing/memory-store.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Creates a folder that is removed after the last test of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-gateway-"));
  folders.push(folder);
  return folder;
}

/** Bundles the fake enclave as the real enclave is bundled, and returns the bundle's path. */
export async function buildFakeEnclave(): Promise<string> {
  const outfile = join(temporaryFolder(), "enclave.mjs");
  const entryPoints = [join(import.meta.dirname, "fake-enclave.ts")];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "error",
  });
  return outfile;
}

const running: Gateway[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.close();
});

/** Starts a gateway with a store in memory and short pauses, and closes the gateway after the test. */
export async function start(
  options: Partial<GatewayOptions> & Pick<GatewayOptions, "bundle">,
): Promise<Gateway> {
  const { limits, ...others } = options;
  const gateway = await startGateway({
    dataDir: "",
    store: memoryStore(),
    log: { level: "silent" },
    limits: { restart: { minMs: 10, maxMs: 100 }, ...limits },
    ...others,
  });
  running.push(gateway);
  return gateway;
}

/** Calls an action with this input and an empty nonce. */
export async function call(gateway: Gateway, action: string, input: object): Promise<Response> {
  return await post(gateway, action, JSON.stringify({ input, nonce: {} }));
}

/** Posts a body to an action. Calls operator actions at the operator's address, with the operator's token. */
export async function post(gateway: Gateway, action: string, body: string | Uint8Array): Promise<Response> {
  const isOperator = findAction(action)?.access === "operator";
  const { url, token } = gateway.operator;
  const headers = {
    "content-type": "application/json",
    ...(isOperator ? { authorization: `Bearer ${token}` } : {}),
  };
  const base = isOperator ? url : gateway.url;
  return await fetch(`${base}/${action}`, { method: "POST", headers, body: body as BodyInit });
}

/** Reads a reply's payload with an action's output reader. */
export async function read<T>({ output }: Callable<unknown, T>, response: Response): Promise<T> {
  const { status, payload } = decodeJson(await response.text(), readEnvelope);
  if (status !== "ok") throw new Error(payload);
  return decodeJson(payload, output);
}

/** Returns the code of an error reply. */
export async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { code: string }).code;
}

/** Waits until `condition` returns true. Only the test's own time limit limits the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Collects log records. */
export class Lines extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  get records(): Record<string, unknown>[] {
    return this.text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
