/**
 * Measures the enclave's memory while it takes the largest blocks and the longest finality stalls. A large
 * block has more commands or remarks than Polkadot's limits allow, and arrives through relay, gateway and
 * pipe. The headers of a stall, all proven by a single justification, arrive through gateway and pipe. Each
 * row starts a new enclave.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { toBase64 } from "@pruntime/core/bytes";
import { encodeHeader, headerHash } from "@pruntime/core/chain";
import { encodeJustification } from "@pruntime/core/grandpa";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { createDevchain, type Devchain, serveDevchain } from "@pruntime/devchain";
import { type Gateway, startGateway } from "@pruntime/gateway";
import { runRelay, silentProgress } from "@pruntime/relay";
import { batch, pushCommand, remarkWithEvent, signed } from "../host/devchain/test/support/extrinsic.ts";
import { signer } from "../host/devchain/test/support/keys.ts";
import { bytes32, unanimous } from "../trusted/core/test/grandpa/chain.ts";
import { TinyChain } from "../trusted/runtime/test/support/tiny-chain.ts";
import type { Row } from "./harness.ts";

export const name = "the enclave's memory while it takes the largest blocks";

const crypto = await createNativeCrypto();
const mib = 1 << 20;
const calls = 215_000;
const callsPerBatch = 10_900;
const stall = 100_000;
const headersPerCall = 5_000;

export async function run(): Promise<Row[]> {
  const commands = await chainWith(pushCommand(2, new Uint8Array()));
  const remarks = await chainWith(remarkWithEvent(new Uint8Array()));
  return [
    await resident(`${calls} commands in a block`, (gateway) => follow(gateway, commands)),
    await resident(`${calls} remarks in a block`, (gateway) => follow(gateway, remarks)),
    await resident(`${stall} headers for one justification`, passStall),
  ];
}

/** A chain with one block that is full of the same call. */
async function chainWith(call: Uint8Array): Promise<Devchain> {
  const chain = await createDevchain({ crypto, mode: { kind: "manual" }, limits: "none" });
  const alice = signer("Alice");
  for (let nonce = 0, left = calls; left > 0; nonce++, left -= callsPerBatch) {
    const many = new Array<Uint8Array>(Math.min(left, callsPerBatch)).fill(call);
    chain.submit(signed(chain, alice, batch("batch", many), { nonce }));
  }
  chain.produceBlock();
  return chain;
}

/**
 * Compares the enclave's peak resident memory up to the end of a task with its resident memory before the
 * task.
 */
async function resident(what: string, task: (gateway: Gateway) => Promise<void>): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-bench-"));
  const bundle = join(import.meta.dirname, "../enclave/dist/enclave.mjs");
  const gateway = await startGateway({
    bundle,
    dataDir: folder,
    operator: { as2020: true },
    log: { level: "silent" },
  });
  try {
    const { pid, restarts } = gateway.enclave();
    const before = statusOf(pid).resident;
    await task(gateway);
    if (gateway.enclave().restarts !== restarts) throw new Error(`${what}: the enclave was restarted`);
    const { peak } = statusOf(pid);
    const note = "peak resident memory; peer: before the first block";
    return { what, ours: peak / mib, peer: before / mib, unit: "MiB", ratio: peak / before, note };
  } finally {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The current and the peak resident memory of a process, in bytes. Only Linux reports them. */
function statusOf(pid: number | undefined): { readonly resident: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (label: string): number => Number(new RegExp(`${label}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
  return { resident: field("VmRSS"), peak: field("VmHWM") };
}

async function follow(gateway: Gateway, chain: Devchain): Promise<void> {
  const node = await serveDevchain(chain, { maxResponseLength: 256 * mib });
  const controller = new AbortController();
  const head = chain.finalized().header.number;
  await runRelay({
    nodeUrls: [node.url],
    worker: { url: gateway.url },
    crypto,
    progress: { ...silentProgress, dispatched: (_, to) => void (to === head && controller.abort()) },
    signal: controller.signal,
  });
  await node.close();
  chain.close();
}

async function passStall(gateway: Gateway): Promise<void> {
  const genesis = new TinyChain();
  const devchain = await createDevchain({ crypto, mode: { kind: "manual" } });
  const call = async (action: string, input: object): Promise<void> => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ input, nonce: {} });
    const response = await fetch(`${gateway.url}/${action}`, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
  };
  const bridge_genesis_info_b64 = toBase64(genesis.genesisInfo());
  const runtime_metadata_b64 = toBase64(devchain.metadata(14));
  devchain.close();
  await call("init_runtime", { bridge_genesis_info_b64, runtime_metadata_b64, skip_ra: true });
  let parentHash = genesis.at(0).hash;
  const next = (number: number) => {
    const header = { parentHash, number, stateRoot: bytes32(1), extrinsicsRoot: bytes32(2), digest: [] };
    const encoded = encodeHeader(header);
    parentHash = headerHash(crypto, encoded);
    return { header, encoded, hash: parentHash, number };
  };
  for (let from = 1; from < stall; from += headersPerCall) {
    const count = Math.min(headersPerCall, stall - from);
    const headers_b64 = Array.from({ length: count }, (_, i) => toBase64(next(from + i).encoded));
    await call("stage_header", { headers_b64 });
  }
  const last = next(stall);
  const justification = encodeJustification(unanimous(last, 3, 0n));
  const proven = encodeHeaderToSync({ encodedHeader: last.encoded, justification });
  await call("sync_header", { headers_b64: [toBase64(proven)] });
}
