/**
 * Dispatches blocks that are full of one kind of command, at Polkadot's limits on the length of a block. The
 * peer is half of Polkadot's block time. The benchmark runs the units of each dispatch in slices, as the
 * enclave does, and reports the longest slice.
 */
import { encodeBlockHeaderWithEvents, encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { fromBase64, toBase64, utf8 } from "@pruntime/core/bytes";
import { encodePayload, sealCommand, sealV1 } from "@pruntime/core/channel";
import { systemEventsKey, timestampNowKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain, type Devchain } from "@pruntime/devchain";
import { type Event, identityOf, type Runtime } from "@pruntime/runtime";
import { batch, pushCommand, signed } from "../host/devchain/test/support/extrinsic.ts";
import { signer } from "../host/devchain/test/support/keys.ts";
import { runtimeOf, take, workerKey } from "../trusted/runtime/test/support/worker.ts";
import type { Row } from "./harness.ts";

export const name = "full-block: one block full of commands of one kind";

const crypto = await createNativeCrypto({ addons: true });
const eve = signer("Eve");
/** The secrets of the worker. The secret of the key agreement key is that of `workerKey`. */
const secrets = {
  signing: new Uint8Array(32).fill(3),
  ecdhSecret: new Uint8Array(32).fill(2),
  stateKey: new Uint8Array(32).fill(9),
};
const halfBlockMs = 3_000;
const sliceMs = 10;
/** The extrinsics of a block take at most this many bytes, and one batch at most this many calls. */
export const [blockBytes, callsPerBatch] = [3_850_000, 10_000];

/** Makes the payload of the n-th command, and names the contract. */
export interface Kind {
  readonly what: string;
  readonly contract: number;
  readonly payload: (n: number, chain: Devchain) => string;
}

const plain = (json: unknown) => JSON.stringify({ Plain: JSON.stringify(json) });
const item = {
  name: "",
  category: "",
  description: "",
  price: { PerRow: { price: "0" } },
  dataset_preview: "",
};

export const kinds: readonly Kind[] = [
  { what: "no envelope", contract: 2, payload: (n) => String(n) },
  { what: "plain text without a command", contract: 2, payload: (n) => `{"Plain":"${n}"}` },
  { what: "v1 that does not open", contract: 2, payload: (n) => broken(sealedV1, n) },
  { what: "v2 that does not open", contract: 2, payload: (n, chain) => broken(sealedV2(chain), n) },
  { what: "v2 that opens", contract: 2, payload: (n, chain) => sealedV2(chain, String(n)) },
  { what: "64 KiB of JSON", contract: 2, payload: (n) => `{"Plain":"[${n}${",[]".repeat(21_800)}]"}` },
  { what: "assets", contract: 3, payload: (n) => plain({ Issue: { symbol: n.toString(36), total: "1" } }) },
  { what: "datasets", contract: 1, payload: (n) => plain({ List: { ...item, dataset_link: String(n) } }) },
];

export async function run(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of kinds) rows.push(await dispatched(kind));
  return rows;
}

const sealedV1 = encodePayload(sealV1(crypto, secureRandom, workerKey.publicKey, "{}").payload);

function sealedV2({ genesis }: Devchain, text = "{}"): string {
  const worker = { genesisHash: genesis.hash, publicKey: workerKey.publicKey };
  return encodePayload(sealCommand(crypto, secureRandom, worker, { sender: eve.id, contractId: 2 }, text));
}

/** The envelope with the shortest ciphertext that can be tried, and that no key opens. */
function broken(envelope: string, n: number): string {
  const cipher = toBase64(utf8(String(n).padStart(16, "0")));
  return envelope.replace(/"cipher_b64":"[^"]*"/, `"cipher_b64":"${cipher}"`);
}

async function dispatched({ what, contract, payload }: Kind): Promise<Row> {
  const chain = await createDevchain({ crypto, mode: { kind: "manual" }, maxPayload: 1 << 20 });
  const [runtime, count] = [runtimeOf(identityOf(crypto, secrets), crypto), fill(chain, contract, payload)];
  const metadata = chain.metadata(15);
  take(runtime, {
    kind: "init",
    start: { kind: "genesis", info: fromBase64(bridgeInitInfo(chain)) },
    meaning: { kind: "told", metadata },
    genesisBalance: { kind: "development" },
  });
  const block = chain.produceBlock();
  const { encodedHeader } = block;
  const header = encodeHeaderToSync({ encodedHeader, justification: chain.justificationOf(block) });
  take(runtime, { kind: "headers", headers: [header], authoritySetChange: undefined });
  const key = systemEventsKey(crypto);
  const proof = chain.readProof(block, [key, timestampNowKey(crypto), wellKnownKeys.pendingCode]);
  const encoded = encodeBlockHeaderWithEvents({ encodedHeader, events: undefined, proof, key });
  chain.close();
  const { totalMs, longestMs } = inSlices(runtime, { kind: "blocks", blocks: [encoded] });
  const note = `peer: half a block; ${count} commands; longest slice ${longestMs.toFixed(1)} ms`;
  return { what, ours: totalMs, peer: halfBlockMs, unit: "ms", ratio: totalMs / halfBlockMs, note };
}

/** Submits as many commands as fit into a block, from a nonce on, and returns their number. */
export function fill(chain: Devchain, contract: number, payload: Kind["payload"], firstNonce = 0): number {
  let [count, bytes] = [0, 0];
  for (let nonce = firstNonce; bytes < blockBytes; nonce++) {
    const calls: Uint8Array[] = [];
    while (bytes < blockBytes && calls.length < callsPerBatch) {
      const call = pushCommand(contract, utf8(payload(count + calls.length, chain)));
      bytes += call.length;
      if (bytes < blockBytes) calls.push(call);
    }
    count += calls.length;
    if (calls.length > 0) chain.submit(signed(chain, eve, batch("batch", calls), { nonce }));
  }
  return count;
}

function inSlices(runtime: Runtime, event: Event): { readonly totalMs: number; readonly longestMs: number } {
  const work = wholeWork(runtime, event);
  const began = performance.now();
  let [sliceBegan, longestMs] = [began, 0];
  for (;;) {
    const step = work.next();
    const now = performance.now();
    if (step.done === true || now - sliceBegan >= sliceMs) {
      longestMs = Math.max(longestMs, now - sliceBegan);
      sliceBegan = now;
    }
    if (step.done !== true) continue;
    return { totalMs: now - began, longestMs };
  }
}

/** Dispatches a block, and does what the dispatch leaves to do. */
function* wholeWork(runtime: Runtime, event: Event) {
  const outcome = yield* runtime.begin(event);
  if (!outcome.ok) throw new Error(outcome.error.code);
  yield* runtime.settle();
}
