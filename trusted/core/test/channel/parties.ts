/** A worker, an account and fixed randomness for the channel's tests. */
import { utf8 } from "../../src/bytes/index.ts";
import type { CommandBinding, WorkerAddress, WorkerChannel } from "../../src/channel/index.ts";
import { type P256KeyPair, portableCrypto, type Random } from "../../src/crypto/index.ts";

export const crypto = portableCrypto;

export function keyPair(fill: number): P256KeyPair {
  const pair = crypto.p256.keyPair(new Uint8Array(32).fill(fill));
  if (pair === undefined) throw new Error("no scalar");
  return pair;
}

export const worker: WorkerChannel = { genesisHash: new Uint8Array(32).fill(0xaa), keyPair: keyPair(1) };
export const address: WorkerAddress = {
  genesisHash: worker.genesisHash,
  publicKey: worker.keyPair.publicKey,
};
export const binding: CommandBinding = { sender: new Uint8Array(32).fill(0x51), contractId: 2 };
export const alice: Uint8Array = new Uint8Array(32).fill(0xa1);
export const iv: Uint8Array = utf8("twelve bytes");

/** A source of fixed bytes: each call returns different bytes, but every run returns the same sequence. */
export function countingRandom(): Random {
  let next = 1;
  return (length) => new Uint8Array(length).fill(next++);
}

/** A copy of the bytes in which the lowest bit of the byte `at` is changed. */
export function flip(bytes: Uint8Array, at = 0): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
}
