/** Follows the embedded chain: makes the events that a relay would send. */
import { encodeBlockHeaderWithEvents, encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { fromBase64, utf8 } from "@pruntime/core/bytes";
import type { Json } from "@pruntime/core/json";
import { canonicalJson } from "@pruntime/core/json";
import { systemEventsKey, timestampNowKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { type Block, bridgeInitInfo, type Devchain } from "@pruntime/devchain";
import type { Event, Runtime } from "@pruntime/runtime";
import { manualChain } from "../../../../host/devchain/test/support/chain.ts";
import { pushCommand, signed } from "../../../../host/devchain/test/support/extrinsic.ts";
import { signer } from "../../../../host/devchain/test/support/keys.ts";
import { newRuntime, take } from "./worker.ts";

export { manualChain } from "../../../../host/devchain/test/support/chain.ts";

export const alice = signer("Alice");
export const bob = signer("Bob");

type Init = Extract<Event, { kind: "init" }>;
type Headers = Extract<Event, { kind: "headers" }>;
type Blocks = Extract<Event, { kind: "blocks" }>;

export function initEvent(chain: Devchain, metadata: Uint8Array | undefined = chain.metadata(14)): Init {
  return {
    kind: "init",
    start: { kind: "genesis", info: fromBase64(bridgeInitInfo(chain)) },
    meaning: metadata === undefined ? { kind: "bodies" } : { kind: "told", metadata },
    genesisBalance: { kind: "development" },
  };
}

export function blocksOf(chain: Devchain, from: number, to: number): Block[] {
  return Array.from({ length: to - from + 1 }, (_, i) => chain.blockAt(from + i)!);
}

/** The headers `from`…`to` with the justification of the last one. */
export function headers(chain: Devchain, from: number, to: number): Headers {
  const encoded = blocksOf(chain, from, to).map((block) =>
    encodeHeaderToSync({
      encodedHeader: block.encodedHeader,
      justification: block.header.number === to ? chain.justificationOf(block) : undefined,
    }),
  );
  return { kind: "headers", headers: encoded, authoritySetChange: undefined };
}

export type BlockParts = Parameters<typeof encodeBlockHeaderWithEvents>[0];

export function blockParts(chain: Devchain, number: number, withTime = true): BlockParts {
  const block = chain.blockAt(number)!;
  const key = systemEventsKey(chain.crypto);
  const keys = withTime
    ? [key, timestampNowKey(chain.crypto), wellKnownKeys.pendingCode]
    : [key, wellKnownKeys.pendingCode];
  return {
    encodedHeader: block.encodedHeader,
    events: chain.stateOf(block).get(key),
    proof: chain.readProof(block, keys),
    key,
  };
}

export function blocks(chain: Devchain, from: number, to: number): Blocks {
  return blocksEvent(blocksOf(chain, from, to).map(({ header }) => blockParts(chain, header.number)));
}

export function blocksEvent(parts: readonly BlockParts[]): Blocks {
  return { kind: "blocks", blocks: parts.map(encodeBlockHeaderWithEvents) };
}

export interface Followed {
  readonly chain: Devchain;
  readonly runtime: Runtime;
  /** Submits a payload for a contract to the chain's next block, and returns the payload's hash. */
  readonly push: (contractId: number, payload: Uint8Array | Json, by?: typeof alice) => Uint8Array;
  /** Produces a block, and then does the same as `follow`. */
  readonly step: () => void;
  /** Syncs and dispatches all finalized blocks. */
  readonly follow: () => void;
}

/** A chain with `count` blocks, and an initialized runtime that has not synced them yet. */
export async function followed(
  count = 0,
  options: Parameters<typeof manualChain>[0] = {},
  terms: Pick<Init, "channelV1"> = {},
): Promise<Followed> {
  const chain = await manualChain(options);
  const runtime = newRuntime();
  take(runtime, { ...initEvent(chain), ...terms });
  for (let i = 0; i < count; i++) chain.produceBlock();
  const follow = (): void => {
    const [from, to] = [runtime.status()!.chain.dispatched.number + 1, chain.finalized().header.number];
    if (to < from) return;
    take(runtime, headers(chain, from, to));
    take(runtime, blocks(chain, from, to));
  };
  return {
    chain,
    runtime,
    follow,
    push: (contractId, payload, by = alice) => {
      const bytes = payload instanceof Uint8Array ? payload : utf8(canonicalJson(payload));
      chain.submit(signed(chain, by, pushCommand(contractId, bytes)));
      return chain.crypto.blake2b256(bytes);
    },
    step: () => {
      chain.produceBlock();
      follow();
    },
  };
}

/** A worker with an order of the rows of `d.csv` that match `q.csv`. It does not have these files yet. */
export async function ordered(): Promise<Runtime> {
  const { runtime, push, step } = await followed();
  const listing = { name: "", category: "", description: "", dataset_preview: "" };
  const item = { ...listing, price: { PerRow: { price: "0" } }, dataset_link: "d.csv" };
  push(1, { Plain: canonicalJson({ List: item }) });
  step();
  push(1, { Plain: canonicalJson({ OpenOrder: { item_id: 0, query_link: "q.csv" } }) });
  step();
  return runtime;
}
