/** Writes dumps whose chain does not fit the worker, and reads the contents of dumps. */
import { portableCrypto } from "@pruntime/core/crypto";
import { Writer } from "@pruntime/core/scale";
import { complete } from "@pruntime/core/work";
import type { Runtime } from "@pruntime/runtime";
import { createContracts } from "../../src/contracts.ts";
import { DumpLoader } from "../../src/keep/dump/load.ts";
import { decodePage, encodePage } from "../../src/keep/dump/page.ts";
import { Pager, PartReader } from "../../src/keep/dump/part.ts";
import { type DumpedState, dumpParts } from "../../src/keep/dump/write.ts";
import type { Running } from "../../src/state.ts";
import { take } from "./worker.ts";

/** The content of a dump that is a single page. */
export function contentOf(dump: Uint8Array): Uint8Array {
  return decodePage(dump).content;
}

/** A dump that is a single page with this content. */
export function dumpWith(content: Uint8Array): Uint8Array {
  return encodePage({ last: true, content });
}

/** The parts of a dump that is a single page. */
export function partsOf(dump: Uint8Array): Uint8Array[] {
  return [...new PartReader().take(contentOf(dump))];
}

/** A dump that is a single page with these parts. */
export function dumpOfParts(parts: readonly Uint8Array[]): Uint8Array {
  const w = new Writer();
  for (const part of parts) w.u32(part.length).raw(part);
  return dumpWith(w.finish());
}

/** What a worker's dump makes of a second worker with this state key. */
export function loaded(runtime: Runtime, stateKey: Uint8Array = new Uint8Array(32).fill(9)): Running {
  const { chain } = runtime.status()!;
  const contracts = createContracts(portableCrypto, stateKey, chain.genesisBalance, Infinity);
  const worker = { ...contracts, chain, events: undefined, pieces: {} };
  const loader = new DumpLoader(worker);
  complete(loader.take(chain, take(runtime, { kind: "dump" }).dump));
  const { chain: read, events, apply } = complete(loader.finish(worker));
  complete(apply);
  return { ...worker, chain: read, events };
}

/** A dump of this chain, with the events and the state of `running`. */
export function dumpOf(
  { events, executor }: Pick<Running, "events" | "executor">,
  chain: DumpedState["chain"],
): Uint8Array {
  const snapshot = complete(executor.snapshotWork());
  const parts = dumpParts({ chain, events, stateRoot: executor.stateRoot, snapshot });
  return encodePage(complete(new Pager(parts).page(Infinity)));
}
