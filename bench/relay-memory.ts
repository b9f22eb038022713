/**
 * Measures how much memory the relay needs to follow 100,000 headers. The relay runs in a separate process,
 * so the memory of the simulated node and worker is not counted. The simulated node behaves like a real one
 * that has a justification every 512 blocks and no finality RPC.
 */
import { fork } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import type { GetStatus } from "@pruntime/api";
import { to0x, toHex } from "@pruntime/core/bytes";
import { encodeHeader, type Header } from "@pruntime/core/chain";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { runRelay, silentProgress } from "@pruntime/relay";
import { WebSocketServer } from "ws";
import type { Row } from "./harness.ts";

export const name = "relay: memory over 100000 headers";

const count = 100_000;
const crypto = await createNativeCrypto();

/** The relay's resident memory, in bytes. `tenth` is measured after a tenth of the headers. */
interface Measured {
  readonly before: number;
  readonly tenth: number;
  readonly after: number;
  readonly peak: number;
}

export async function run(): Promise<Row[]> {
  const chain = new SyntheticChain(count);
  const node = await serveNode(chain);
  const worker = await serveWorker(chain);
  const child = fork(import.meta.filename, ["follow", node.url, worker.url]);
  const { before, tenth, after, peak } = await new Promise<Measured>((resolve) =>
    child.once("message", resolve as never),
  );
  await new Promise((resolve) => child.once("exit", resolve));
  node.close();
  worker.close();
  const resident = (what: string, bytes: number, than: number, note: string): Row => ({
    ...{ what, ours: bytes / mib, peer: than / mib, unit: "MiB", ratio: bytes / than, note },
  });
  return [
    resident("resident at the end", after, before, "peer: before the first header"),
    resident("resident at the end", after, tenth, "peer: after a tenth of the headers"),
    resident("peak while following", peak, before, "peer: before the first header"),
  ];
}

const mib = 1 << 20;

/** Runs the relay in its own process, and sends the measured figures to the parent process. */
async function follow(nodeUrl: string, workerUrl: string): Promise<void> {
  setFlagsFromString("--optimize-for-size"); // as `pruntime relay` does
  const controller = new AbortController();
  const resident = (): number => process.memoryUsage().rss;
  const before = resident();
  let [tenth, peak] = [0, 0];
  const synced = (_: number, to: number): void => {
    peak = Math.max(peak, resident());
    if (tenth === 0 && to >= count / 10) tenth = resident();
    if (to < count) return;
    process.send?.({ before, tenth, after: resident(), peak } satisfies Measured);
    controller.abort();
  };
  const progress = { ...silentProgress, synced };
  await runRelay({
    nodeUrls: [nodeUrl],
    worker: { url: workerUrl },
    crypto,
    progress,
    signal: controller.signal,
  });
  process.disconnect();
}

class SyntheticChain {
  readonly hashes: Uint8Array[] = [];
  readonly numbers = new Map<string, number>();

  constructor(count: number) {
    for (let number = 0; number <= count; number++) {
      const hash = crypto.blake2b256(encodeHeader(this.header(number)));
      this.hashes.push(hash);
      this.numbers.set(to0x(hash), number);
    }
  }

  header(number: number): Header {
    const root = new Uint8Array(32).fill(number & 0xff);
    return {
      parentHash: this.hashes[number - 1] ?? new Uint8Array(32),
      number,
      stateRoot: root,
      extrinsicsRoot: root,
      digest: [
        { kind: "pre-runtime", engine: "aura", data: new Uint8Array(8) },
        { kind: "seal", engine: "aura", data: new Uint8Array(64).fill(number & 0xff) },
      ],
    };
  }

  json(number: number): object {
    const { parentHash, stateRoot, extrinsicsRoot } = this.header(number);
    const pre = `0x066175726120${"00".repeat(8)}`;
    const seal = `0x05617572610101${toHex(new Uint8Array(64).fill(number & 0xff))}`;
    return {
      parentHash: to0x(parentHash),
      number: `0x${number.toString(16)}`,
      stateRoot: to0x(stateRoot),
      extrinsicsRoot: to0x(extrinsicsRoot),
      digest: { logs: [pre, seal] },
    };
  }
}

interface Server {
  readonly url: string;
  readonly close: () => void;
}

async function serveNode(chain: SyntheticChain): Promise<Server> {
  const head = chain.hashes.length - 1;
  const hashAt = (number: number): string => to0x(chain.hashes[number] as Uint8Array);
  const numberOf = (hash: unknown): number => chain.numbers.get(String(hash)) ?? 0;
  const justification = [[70, 82, 78, 75], `0x${"5a".repeat(20_000)}`];
  const methods: Readonly<Record<string, (param: unknown) => unknown>> = {
    chain_getFinalizedHead: () => hashAt(head),
    chain_getBlockHash: (param) =>
      Array.isArray(param) ? param.map((number) => hashAt(number as number)) : hashAt(param as number),
    chain_getHeader: (hash) => chain.json(numberOf(hash)),
    chain_getBlock: (hash) => ({
      block: { header: chain.json(numberOf(hash)), extrinsics: [`0x${"00".repeat(2_000)}`] },
      justifications: numberOf(hash) % 512 === 0 || numberOf(hash) === head ? [justification] : null,
    }),
    chain_subscribeFinalizedHeads: () => "heads",
  };
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) =>
    socket.on("message", (data) => {
      const { id, method, params } = JSON.parse(String(data)) as {
        id: number;
        method: string;
        params: unknown[];
      };
      const handler = methods[method];
      const error = { code: -32601, message: "Method not found" };
      socket.send(
        JSON.stringify({
          jsonrpc: "2.0",
          id,
          ...(handler === undefined ? { error } : { result: handler(params[0]) }),
        }),
      );
    }),
  );
  await new Promise((resolve) => server.once("listening", resolve));
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

async function serveWorker(chain: SyntheticChain): Promise<Server> {
  let finalized = 0;
  const status = (): GetStatus => {
    const name = { number: finalized, hash: toHex(chain.hashes[finalized] as Uint8Array) };
    return {
      anchor: "",
      authorities: null,
      below_mark: false,
      mark: null,
      chain_time_ms: "0",
      channel_v1: false,
      command_source: "events",
      genesis_balance: "none",
      meaning: "proven",
      rules: 1,
      query_key: null,
      query_life: null,
      policy: null,
      policy_authority: null,
      recovery_keys: null,
      runtime_unreadable: null,
      contracts: [],
      dispatched: name,
      ecdh_public_key: "00".repeat(65),
      finalized: name,
      genesis_hash: toHex(chain.hashes[0] as Uint8Array),
      initialized: true,
      measurement: "00".repeat(32),
      parachain: null,
      provider: "simulated",
      public_key: "00".repeat(33),
      staged: null,
      state_full: null,
      state_root: "",
      version: "0",
    };
  };
  const payloadOf = async (request: IncomingMessage): Promise<object> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url !== "/sync_header") return status();
    const { input } = JSON.parse(String(Buffer.concat(chunks))) as { input: { headers_b64: string[] } };
    finalized += input.headers_b64.length;
    return { synced_to: finalized };
  };
  const server = createServer((request, response) => {
    void payloadOf(request).then((payload) => {
      response.end(
        JSON.stringify({ payload: JSON.stringify(payload), signature: "00".repeat(64), status: "ok" }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

if (process.argv[2] === "follow") await follow(process.argv[3] ?? "", process.argv[4] ?? "");
