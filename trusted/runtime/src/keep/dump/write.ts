/** Writes a worker's chain and state as the parts of a dump (part.ts). read.ts reads them. */
import {
  encodeLightClient,
  type FinalizedHeader,
  headersPerUnit,
  writeFinalizedHeader,
} from "@pruntime/core/light-client";
import { encode, Writer } from "@pruntime/core/scale";
import type { Snapshot } from "@pruntime/executor";
import type { Chain } from "../../chain.ts";
import type { CommandEvents } from "../../dispatch/command-events.ts";
import { writePolicy } from "../../policies.ts";
import { bytesOf, fillerAfter } from "./part.ts";

/** The version of the format. */
export const version = 7;

/** The part of a worker that a dump contains. The snapshot is of its contracts' state. */
export interface DumpedState {
  readonly events: CommandEvents | undefined;
  readonly chain: Omit<Chain, "waiting"> & {
    readonly waiting: Iterable<FinalizedHeader> & { readonly length: number };
  };
  /** The root of the contracts' state, 32 bytes. */
  readonly stateRoot: Uint8Array;
  readonly snapshot: Pick<Snapshot, "count" | "parts">;
}

/**
 * Writes the parts that describe the chain, a filler up to the next 64 KiB, and the entries of the contracts'
 * state. Because of the filler, the length of the entries is rounded up on its own. Otherwise, a host could
 * find it byte by byte: it controls the length of the chain's parts, by the headers that it sends. A dump
 * contains neither the operator's files nor anything that is staged.
 * @throws ExecutorError `executor/given-up`
 */
export function* dumpParts(dumped: DumpedState): Generator<Uint8Array, void> {
  let bytes = 0;
  for (const part of chainParts(dumped)) {
    yield part;
    bytes += bytesOf(part);
  }
  yield fillerAfter(bytes);
  yield* dumped.snapshot.parts();
}

/**
 * Writes, in this order: the head; the metadata, if the head says so; the signed policies; the hashes of the
 * relay chain's known blocks, if the worker follows a parachain; the waiting headers (133 bytes each); the
 * hashes of the known blocks.
 */
function* chainParts(dumped: DumpedState): Generator<Uint8Array, void> {
  const { chain, events } = dumped;
  yield head(dumped);
  if (events !== undefined) yield events.metadata;
  for (const policy of chain.policies) yield encode(policy, writePolicy);
  if (chain.para !== undefined) yield* chain.para.relay.hashes();
  let [w, headers] = [new Writer(), 0];
  for (const header of chain.waiting) {
    writeFinalizedHeader(w, header);
    if (++headers < headersPerUnit) continue;
    yield w.finish();
    [w, headers] = [new Writer(), 0];
  }
  if (headers > 0) yield w.finish();
  yield* chain.known.hashes();
}

/**
 * `7 ‖ anchor(32) ‖ light client Vec<u8> ‖ authority sets Vec<(after block u32, id u64)> ‖
 * Option<parachain id u32 ‖ its genesis hash(32) ‖ its finalized header ‖ relay chain's known blocks> ‖
 * number of waiting headers u32 ‖ known blocks ‖ dispatched number u32 ‖ dispatched hash(32) ‖
 * dispatched block's state root(32) ‖ chain time u64 ‖ Option<runtime changed at u32> ‖
 * metadata follows u8 ‖ number of policies u32 ‖ contracts' state root(32) ‖ number of entries u32`, where
 * known blocks are `first number u32 ‖ first hash(32) ‖ last number u32`.
 */
function head({ chain, events, stateRoot, snapshot }: DumpedState): Uint8Array {
  const { anchor, client, sets, para, waiting, known, dispatched, runtimeChangedAt } = chain;
  const w = new Writer().u8(version).raw(anchor).vecU8(encodeLightClient(client));
  w.vec(sets, (out, { after, setId }) => out.u32(after).u64(setId));
  w.option(para, (out, { id, genesisHash, finalized, relay }) => {
    writeFinalizedHeader(out.u32(id).raw(genesisHash), finalized);
    writeKnown(out, relay);
  });
  writeKnown(w.u32(waiting.length), known);
  w.u32(dispatched.number).raw(dispatched.hash).raw(dispatched.stateRoot).u64(dispatched.timeMs);
  w.option(runtimeChangedAt, (out, number) => out.u32(number)).bool(events !== undefined);
  return w.u32(chain.policies.length).raw(stateRoot).u32(snapshot.count).finish();
}

function writeKnown(w: Writer, { first, tip }: Chain["known"]): void {
  w.u32(first.number).raw(first.hash).u32(tip.number);
}
