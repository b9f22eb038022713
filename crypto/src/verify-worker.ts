/**
 * The program of a verifying thread, as text, because a bundle has no second file from which a thread could
 * start, and because no compiler alters text.
 *
 * A batch is one shared buffer: control (next item u32, items done u32) | the offset of each item and of the
 * end, u32 each | one verdict byte per item | items, each public key (32) ‖ signature (64) ‖ message. Threads
 * claim items by adding to the number of the next item. The offsets and the items never change.
 */

/** The number of items that a thread claims at a time. */
export const claimSize = 4;

/**
 * Where the offsets begin, in bytes.
 * @format
 */
export const controlBytes = 8;

/** The verdict of an item that has not been verified yet. */
export const pending = 0;
/** The verdict of an item whose signature the fast verifier refuses. */
export const refused = 1;
/** The verdict of an item whose signature the fast verifier accepts. */
export const accepted = 2;

/**
 * The `workerData` of a thread: the URL of a module that can load `sodium-native`. If it is `undefined`, the
 * thread verifies with OpenSSL.
 */
export interface VerifyWorkerData {
  readonly sodiumFrom: string | undefined;
}

/**
 * The CommonJS source of a verifying thread. The thread receives {@link VerifyWorkerData} when it starts.
 * Each message to the thread contains a batch and the number of its items.
 */
export const verifyWorkerSource: string = `
"use strict";
const { parentPort, workerData } = require("node:worker_threads");
const { createPublicKey, verify } = require("node:crypto");
const prefix = Buffer.from("302a300506032b6570032100", "hex");

function openssl(key, signature, message) {
  const publicKey = createPublicKey({ key: Buffer.concat([prefix, key]), format: "der", type: "spki" });
  return verify(null, message, publicKey, signature);
}

function choose() {
  if (workerData.sodiumFrom === undefined) return openssl;
  try {
    const sodium = require("node:module").createRequire(workerData.sodiumFrom)("sodium-native");
    return (key, signature, message) => sodium.crypto_sign_verify_detached(signature, message, key);
  } catch {
    return openssl;
  }
}
const check = choose();

parentPort.on("message", ({ batch, count }) => {
  const control = new Int32Array(batch, 0, 2);
  const offsets = new Uint32Array(batch, ${controlBytes}, count + 1);
  const verdicts = new Uint8Array(batch, ${controlBytes} + 4 * (count + 1), count);
  const bytes = new Uint8Array(batch);
  for (;;) {
    const first = Atomics.add(control, 0, ${claimSize});
    if (first >= count) return;
    const end = Math.min(first + ${claimSize}, count);
    for (let i = first; i < end; i++) {
      const item = Buffer.from(bytes.subarray(offsets[i], offsets[i + 1]));
      const holds = check(item.subarray(0, 32), item.subarray(32, 96), item.subarray(96));
      Atomics.store(verdicts, i, holds ? ${accepted} : ${refused});
    }
    Atomics.add(control, 1, end - first);
    Atomics.notify(control, 1);
  }
});
`;
