/**
 * A host that records everything: a real gateway with a real enclave process. `tee` copies both directions of
 * the enclave's pipe into files.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeFromEnclave, decodeToEnclave, FrameReader } from "@pruntime/api/frames";
import { type Gateway, startGateway } from "@pruntime/gateway";
import { enclaveFlags } from "../../host/gateway/src/enclave/process.ts";
import { memoryStore } from "../../host/gateway/src/testing/memory-store.ts";
import { viewOfAnswer, viewOfCall, viewOfLogLine, viewOfMetrics } from "./view.ts";

const bundle = join(import.meta.dirname, "../../enclave/dist/enclave.mjs");
const tapped = 'folder=$1; shift; tee "$folder/to" | "$@" 2>"$folder/errors" | tee "$folder/from"';

/** A running worker, and what its host has recorded. */
export class RecordingHost {
  readonly gateway: Gateway;
  readonly #folder: string;
  readonly #lines: string[];
  readonly #seen = { to: 0, from: 0, errors: 0 };
  #metrics = "";

  private constructor(gateway: Gateway, folder: string, lines: string[]) {
    this.gateway = gateway;
    this.#folder = folder;
    this.#lines = lines;
  }

  static async start(): Promise<RecordingHost> {
    const folder = mkdtempSync(join(tmpdir(), "pruntime-leaks-"));
    const lines: string[] = [];
    const gateway = await startGateway({
      bundle,
      launcher: ["sh", "-c", tapped, "sh", folder, process.execPath, ...enclaveFlags(bundle)],
      dataDir: folder,
      store: memoryStore(),
      log: { level: "debug", stream: { write: (line) => void lines.push(line) } },
    });
    return new RecordingHost(gateway, folder, lines);
  }

  /** Sends an operator's call, and returns the payload of the answer. */
  async call(action: string, input: object): Promise<Record<string, unknown>> {
    const { url, token } = this.gateway.operator;
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const body = JSON.stringify({ input, nonce: {} });
    const response = await fetch(`${url}/${action}`, { method: "POST", headers, body });
    const { payload, status } = (await response.json()) as { payload: string; status: string };
    if (status !== "ok") throw new Error(`${action}: ${payload}`);
    return JSON.parse(payload) as Record<string, unknown>;
  }

  /** Returns what the host has recorded since the last call of this method, line by line. */
  async recorded(): Promise<readonly string[]> {
    const { url, token } = this.gateway.operator;
    const page = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    const [metrics, frames] = [await page.text(), await this.#frames()];
    const changes = viewOfMetrics(this.#metrics, metrics);
    this.#metrics = metrics;
    const errors = readFileSync(join(this.#folder, "errors"), "utf8");
    const unseen = errors.slice(this.#seen.errors);
    this.#seen.errors = errors.length;
    const lines = this.#lines.splice(0).map(viewOfLogLine);
    return [...frames, ...lines, ...changes, ...(unseen === "" ? [] : [unseen])];
  }

  /** The new frames. `tee` may write a frame into its file after the gateway has read the frame. */
  async #frames(): Promise<readonly string[]> {
    const calls = messagesIn(join(this.#folder, "to")).map(decodeToEnclave);
    for (;;) {
      const answers = messagesIn(join(this.#folder, "from")).map(decodeFromEnclave);
      const replies = answers.filter(({ kind }) => kind !== "log" && kind !== "progress").length;
      if (replies === calls.length) {
        const seen = [
          ...calls.slice(this.#seen.to).map(viewOfCall),
          ...answers
            .slice(this.#seen.from)
            .filter(({ kind }) => kind !== "progress")
            .map(viewOfAnswer),
        ];
        this.#seen.to = calls.length;
        this.#seen.from = answers.length;
        return seen;
      }
      await sleep(5);
    }
  }

  async close(): Promise<void> {
    await this.gateway.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function messagesIn(path: string): Uint8Array[] {
  return new FrameReader().push(Uint8Array.from(readFileSync(path)));
}
