/**
 * Dispatches blocks that are full of one kind of command, at Polkadot's limits on the length of a block. The
 * peer is half of Polkadot's block time. The worker runs in a process of its own, does the units of each
 * dispatch in slices, as the enclave does, and reports the longest slice. With `--blocks`, it dispatches that
 * many blocks of each kind in a row, and the line shows the slowest of them. The note then has the time of
 * all blocks, and the worker's memory after the tenth block and after the last. Every tenth block is shown as
 * it ends, because building the blocks takes longer than dispatching them.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { encodeBlockHeaderWithEvents, encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { fromBase64 } from "@pruntime/core/bytes";
import { systemEventsKey, timestampNowKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain, type Devchain } from "@pruntime/devchain";
import type { Event } from "@pruntime/runtime";
import { nonceOf } from "../host/devchain/test/support/extrinsic.ts";
import { type Signer, signer } from "../host/devchain/test/support/keys.ts";
import { fill, type Position } from "./full-block/fill.ts";
import { eve, type Kind, kinds } from "./full-block/kinds.ts";
import type { Handled, Task } from "./full-block/worker.ts";
import type { Row, RunOptions } from "./harness.ts";

export const name = "full-block: blocks full of commands of one kind";

const crypto = await createNativeCrypto({ addons: true });
const dave = signer("Dave");
const halfBlockMs = 3_000;
const mib = 2 ** 20;

export async function* run({ blocks = 1, kind = "" }: RunOptions): AsyncGenerator<Row> {
  for (const each of kinds.filter(({ what }) => what.includes(kind))) yield await measured(each, blocks);
}

/** Handles an event in the worker's process. `memory` asks for the worker's memory after it. */
type Handle = (event: Event, memory?: boolean) => Promise<Handled>;

async function measured(kind: Kind, blocks: number): Promise<Row> {
  const chain = await createDevchain({ crypto, mode: { kind: "manual" }, maxPayload: 1 << 20 });
  const worker = fork(join(import.meta.dirname, "full-block/worker.ts"), {
    execArgv: ["--import", "tsx", "--expose-gc", "--max-old-space-size=8192"],
    serialization: "advanced",
  });
  const gone = once(worker, "exit").then(() => undefined);
  const handle: Handle = async (event, memory = false) => {
    const answer = once(worker, "message");
    worker.send({ event, memory } satisfies Task);
    const [handled] = ((await Promise.race([answer, gone])) ?? []) as Handled[];
    if (handled === undefined) throw new Error("the worker has ended");
    return handled;
  };
  try {
    await prepare(chain, handle, kind);
    const handled: Handled[] = [];
    let [at, commands] = [start(chain, eve), 0];
    while (handled.length < blocks) {
      const { command, nonce } = fill(chain, eve, kind, at);
      commands += command - at.command;
      at = { command, nonce };
      const number = handled.length + 1;
      handled.push(await dispatch(chain, handle, number === 10 || number === blocks));
      if (number % 10 === 0) process.stderr.write(`  ${kind.what}: block ${number} of ${blocks}\n`);
    }
    return rowOf(kind, commands, handled);
  } finally {
    chain.close();
    worker.kill();
  }
}

/** Starts the worker, and makes what the kind needs before the first measured block. */
async function prepare(chain: Devchain, handle: Handle, { contract, before }: Kind): Promise<void> {
  await handle({
    kind: "init",
    start: { kind: "genesis", info: fromBase64(bridgeInitInfo(chain)) },
    meaning: { kind: "told", metadata: chain.metadata(15) },
    genesisBalance: { kind: "development" },
  });
  if (before === undefined) return;
  const { files, count, payload } = before();
  for (const [path, bytes] of files) await handle({ kind: "set-data", path, bytes });
  let at = start(chain, dave);
  while (at.command < count || nonceOf(chain, dave.id) < at.nonce) {
    at = fill(chain, dave, { contract, payload }, at, count);
    await dispatch(chain, handle);
  }
}

function start(chain: Devchain, sender: Signer): Position {
  return { command: 0, nonce: nonceOf(chain, sender.id) };
}

/** Produces a block, makes it final, and dispatches it. */
async function dispatch(chain: Devchain, handle: Handle, memory = false): Promise<Handled> {
  const block = chain.produceBlock();
  const { encodedHeader } = block;
  const header = encodeHeaderToSync({ encodedHeader, justification: chain.justificationOf(block) });
  await handle({ kind: "headers", headers: [header], authoritySetChange: undefined });
  const key = systemEventsKey(crypto);
  const proof = chain.readProof(block, [key, timestampNowKey(crypto), wellKnownKeys.pendingCode]);
  const encoded = encodeBlockHeaderWithEvents({ encodedHeader, events: undefined, proof, key });
  return handle({ kind: "blocks", blocks: [encoded] }, memory);
}

function rowOf({ what }: Kind, commands: number, handled: readonly Handled[]): Row {
  const ours = Math.max(...handled.map(({ totalMs }) => totalMs));
  const longest = Math.max(...handled.map(({ longestMs }) => longestMs));
  const total = handled.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const note = [`peer: half a block; ${commands} commands; longest slice ${longest.toFixed(1)} ms`];
  if (handled.length > 1) note.push(`${handled.length} blocks in ${(total / 1_000).toFixed(1)} s`);
  for (const [i, { memory }] of handled.entries()) {
    if (memory === undefined || handled.length === 1) continue;
    const [resident, heap] = [memory.residentBytes, memory.heapBytes].map((bytes) =>
      (bytes / mib).toFixed(0),
    );
    note.push(`after block ${i + 1}: resident ${resident} MiB, heap ${heap} MiB`);
  }
  return { what, ours, peer: halfBlockMs, unit: "ms", ratio: ours / halfBlockMs, note: note.join("; ") };
}
