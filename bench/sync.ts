/**
 * Follows a chain through REST, gateway, pipe and enclave: headers with their justification, and the blocks'
 * events with their proofs. The peers only hash the headers, or the nodes of the proofs. The benchmark calls
 * the worker through REST alone, so it also runs in older checkouts.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBlockHeaderWithEvents, encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { toBase64 } from "@pruntime/core/bytes";
import { systemEventsKey, timestampNowKey } from "@pruntime/core/storage-key";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { type Block, bridgeInitInfo, createDevchain, type Devchain } from "@pruntime/devchain";
import { startGateway } from "@pruntime/gateway";
import { type Row, row } from "./harness.ts";

export const name = "following a chain through REST";

const crypto = await createNativeCrypto();
const headersPerCall = 500;
const blocksPerCall = 100;
const calls = 8;

/** One block of the chain, in the forms that `sync_header` and `dispatch_block` need. */
interface Prepared {
  readonly block: Block;
  readonly justification: Uint8Array | undefined;
  readonly proof: readonly Uint8Array[];
  readonly withEvents: string;
}

export async function run(): Promise<Row[]> {
  const chain = await createDevchain({ crypto, mode: { kind: "manual" } });
  const blocks = Array.from({ length: headersPerCall * calls }, () => prepare(chain, chain.produceBlock()));
  const folder = mkdtempSync(join(tmpdir(), "pruntime-bench-"));
  const bundle = join(import.meta.dirname, "../enclave/dist/enclave.mjs");
  const gateway = await startGateway({
    bundle,
    dataDir: folder,
    operator: { as2020: true },
    log: { level: "silent" },
  });
  const call = async (action: string, input: object): Promise<void> => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ input, nonce: {} });
    const response = await fetch(`${gateway.url}/${action}`, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
  };
  try {
    const runtime_metadata_b64 = Buffer.from(chain.metadata(15)).toString("base64");
    const bridge_genesis_info_b64 = bridgeInitInfo(chain);
    await call("init_runtime", { bridge_genesis_info_b64, runtime_metadata_b64, skip_ra: true });
    const headers = await time(batches(blocks, headersPerCall), (batch) =>
      call("sync_header", { headers_b64: headersOf(batch), authority_set_change_b64: null }),
    );
    const dispatch = await time(batches(blocks, blocksPerCall), (batch) =>
      call("dispatch_block", { blocks_b64: batch.map(({ withEvents }) => withEvents) }),
    );
    const hashHeaders = await time(batches(blocks, headersPerCall), (batch) => {
      for (const { block } of batch) crypto.blake2b256(block.encodedHeader);
    });
    const hashProofs = await time(batches(blocks, blocksPerCall), (batch) => {
      for (const { proof } of batch) for (const node of proof) crypto.blake2b256(node);
    });
    return [
      row(`${headersPerCall} headers`, headers, hashHeaders, "peer: hash each"),
      row(`${blocksPerCall} blocks`, dispatch, hashProofs, "peer: hash each node of their proofs"),
    ];
  } finally {
    await gateway.close();
    chain.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Prepares a block. Must be called soon after `block` is made, because the chain would have to recompute an
 * older state.
 */
function prepare(chain: Devchain, block: Block): Prepared {
  const key = systemEventsKey(crypto);
  const { encodedHeader } = block;
  const proof = chain.readProof(block, [key, timestampNowKey(crypto)]);
  const events = chain.stateOf(block).get(key);
  const withEvents = toBase64(encodeBlockHeaderWithEvents({ encodedHeader, events, proof, key }));
  return { block, justification: chain.justificationOf(block), proof, withEvents };
}

function headersOf(batch: readonly Prepared[]): string[] {
  return batch.map(({ block: { encodedHeader }, justification }, i) =>
    toBase64(
      encodeHeaderToSync({
        encodedHeader,
        justification: i === batch.length - 1 ? justification : undefined,
      }),
    ),
  );
}

function batches(blocks: readonly Prepared[], size: number): (readonly Prepared[])[] {
  return Array.from({ length: blocks.length / size }, (_, i) => blocks.slice(i * size, (i + 1) * size));
}

/** Runs batches one after the other, and returns the median time of a batch in nanoseconds. */
async function time(
  all: readonly (readonly Prepared[])[],
  task: (batch: readonly Prepared[]) => unknown,
): Promise<number> {
  const samples: number[] = [];
  for (const batch of all) {
    const start = process.hrtime.bigint();
    await task(batch);
    samples.push(Number(process.hrtime.bigint() - start));
  }
  return samples.sort((a, b) => a - b)[samples.length >> 1] ?? Number.NaN;
}
