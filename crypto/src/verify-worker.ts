/**
 * What a verifying thread runs, as text: a bundle has no second file to start it from, and whatever compiles this one cannot reach into it.
 *
 * A batch is one shared buffer: control (next item u32, items done u32) | offset of each item and of the end u32 | one verdict byte each |
 * items, each public key (32) ‖ signature (64) ‖ message. Threads claim items by adding to `next`; the rest of the layout never changes.
 */

/** Items that a thread claims at once. */
export const claimSize = 4;

/** Where the offsets begin, in bytes. */
export const controlBytes = 8;

/** A verdict that nobody has given yet, and the two there are. */
export const pending = 0;
export const refused = 1;
export const accepted = 2;

/** Given in `workerData`: the address to load libsodium from, or nothing. */
export interface VerifyWorkerData {
  readonly sodiumFrom: string | undefined;
}

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
