/**
 * The program that full-block.test.ts runs with a small heap. The program dispatches two blocks that need
 * much memory: a block with a body of the maximum length, and a block with 250 nested calls. Each block
 * contains one command, and the program prints the status of the command.
 */

import { encodeBlockHeaderWithEvents } from "@pruntime/core/bridge-2020";
import { concat, toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { encodeBody } from "@pruntime/core/extrinsics";
import { encode, Writer } from "@pruntime/core/scale";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { createDevchain } from "@pruntime/devchain";
import { batch, remarkWithEvent } from "../../../../host/devchain/test/support/extrinsic.ts";
import { signer } from "../../../../host/devchain/test/support/keys.ts";
import { eventsKey, nowKey, TinyChain } from "./tiny-chain.ts";
import { newRuntime, receipt, take } from "./worker.ts";

/** Polkadot's limit on the length of a block. */
const bodyBytes = 5 << 20;
const alice = signer("Alice");
const payload = utf8('{"Plain":"1"}');
const remark = concat(utf8("pruntime/command/1:"), Uint8Array.of(2, 0, 0, 0), payload);
const [utility, itemCompleted] = [7, 3];

const bare = (call: Uint8Array): Uint8Array =>
  encode(concat(Uint8Array.of(4), call), (w, bytes) => w.vecU8(bytes));

/**
 * An extrinsic that fills a block: a batch of empty batches, the chain's shortest calls, and a last remark.
 */
function fullBody(): { readonly extrinsic: Uint8Array; readonly calls: number } {
  const [least, end] = [batch("batch", []), remarkWithEvent(remark)];
  const calls = Math.floor((bodyBytes - 1_000) / least.length);
  const body = new Writer()
    .u8(utility)
    .u8(0)
    .compact(calls + 1)
    .raw(new Uint8Array(calls * least.length))
    .raw(end);
  const bytes = body.finish();
  const start = bytes.length - end.length - calls * least.length;
  for (let at = start; at < bytes.length - end.length; at += least.length) bytes.set(least, at);
  return { extrinsic: bare(bytes), calls };
}

/** `System.Events` with one `ItemCompleted` for each call, and then the `Remarked` of the remark. */
function eventsOf(calls: number): Uint8Array {
  const completed = Uint8Array.of(0, 0, 0, 0, 0, utility, itemCompleted, 0);
  const records = new Uint8Array(calls * completed.length);
  for (let at = 0; at < records.length; at += completed.length) records.set(completed, at);
  const remarked = new Writer().u8(0).u32(0).u8(0).u8(5).raw(alice.id).raw(portableCrypto.blake2b256(remark));
  return new Writer()
    .compact(calls + 1)
    .raw(records)
    .raw(remarked.u8(0).finish())
    .finish();
}

function nested(levels: number): Uint8Array {
  let call = remarkWithEvent(remark);
  for (let i = 0; i < levels; i++) call = batch("batch", [call]);
  return bare(call);
}

const devchain = await createDevchain({ mode: { kind: "manual" } });
const metadata = devchain.metadata(14);
devchain.close();
const { extrinsic, calls } = fullBody();
const now = encode(1_700_000_000_000n, (w, ms) => w.u64(ms));
const chain = new TinyChain();
chain.grow({ extrinsics: [extrinsic], events: eventsOf(calls), now });
chain.grow({ extrinsics: [nested(250)], events: eventsOf(0), now });
const runtime = newRuntime(await createNativeCrypto());
take(runtime, chain.init(metadata));
take(runtime, chain.headers(1, 2));
for (const number of [1, 2]) {
  const { events: _, ...proven } = chain.proven(number, [eventsKey, nowKey]);
  const block = encodeBlockHeaderWithEvents(proven);
  const body = encodeBody({ number, extrinsics: chain.at(number).extrinsics });
  const { dispatchedTo } = take(runtime, { kind: "blocks", blocks: [block], bodies: [body] });
  const status = receipt(runtime, portableCrypto.blake2b256(payload), alice);
  process.stdout.write(
    `${JSON.stringify({ calls, dispatchedTo, status, root: toHex(runtime.status()!.stateRoot) })}\n`,
  );
}
