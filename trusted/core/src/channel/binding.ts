/**
 * The data to which a v2 message is bound: its purpose, the chain, the worker's key and, for a command, the
 * sender and the contract. If any of these differs, the message does not open.
 */
import { concat, utf8 } from "../bytes/index.ts";
import type { P256KeyPair } from "../crypto/index.ts";

/** The data that a worker needs to open messages: the genesis hash of its chain and its key pair. */
export interface WorkerChannel {
  readonly genesisHash: Uint8Array;
  readonly keyPair: P256KeyPair;
}

/** The facts about a worker that a client needs to seal a message. The client should have verified them. */
export interface WorkerAddress {
  readonly genesisHash: Uint8Array;
  /**
   * Uncompressed P-256, 65 bytes: the worker's key agreement key for commands, its query key for queries.
   */
  readonly publicKey: Uint8Array;
}

/** The sender and the contract of a command. The chain records both, and the ciphertext must match them. */
export interface CommandBinding {
  /** Account id, 32 bytes. */
  readonly sender: Uint8Array;
  readonly contractId: number;
}

/** HPKE `info`: `pruntime/v2/` and the purpose, in UTF-8 ‖ genesis hash(32) ‖ worker key(65). */
export function channelInfo(
  purpose: "command" | "query" | "file",
  { genesisHash, publicKey }: WorkerAddress,
): Uint8Array {
  return concat(utf8(`pruntime/v2/${purpose}`), genesisHash, publicKey);
}

/** The additional authenticated data of a command: sender(32) ‖ contract id u32 LE. */
export function commandAad({ sender, contractId }: CommandBinding): Uint8Array {
  const id = contractId >>> 0;
  return concat(sender, Uint8Array.of(id & 0xff, (id >>> 8) & 0xff, (id >>> 16) & 0xff, id >>> 24));
}

/** The HPKE exporter context from which the key that seals replies is derived. */
export const replyContext: Uint8Array = utf8("pruntime/v2/reply");
