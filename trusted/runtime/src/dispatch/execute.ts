/**
 * Runs one command of a finalized block. Any payload ends in an execution receipt: no payload can stop the
 * block.
 */
import { BytesError, fromUtf8, utf8 } from "@pruntime/core/bytes";
import { ChannelError, decodePayload, openCommand, type WorkerChannel } from "@pruntime/core/channel";
import type { Crypto } from "@pruntime/core/crypto";
import { JsonError } from "@pruntime/core/json";
import type { Batch, BlockContext, OpenedCommand } from "@pruntime/executor";
import type { PushedCommand } from "./command-events.ts";

/** Envelopes longer (in UTF-16 units) or deeper than this are not opened. */
const envelopeLimits = { maxLength: 1 << 18, maxDepth: 4 };

/** Opens and runs a command. @param txHash the key of its execution receipt, 32 bytes */
export function executeCommand(
  crypto: Crypto,
  channel: WorkerChannel,
  batch: Batch,
  block: BlockContext,
  command: PushedCommand,
  txHash: Uint8Array,
): void {
  const { index, sender, contractId, payload } = command;
  batch.execute({ block, index, sender, contractId, txHash, ...open(crypto, channel, command, payload) });
}

/**
 * The command's bytes, the UTF-8 of its text; `undefined` where the payload is not an envelope, or one that
 * this sender did not seal to this worker. A v1 text is not bound to its sender, who may have copied it,
 * unread, from another account's message.
 */
function open(
  crypto: Crypto,
  channel: WorkerChannel,
  { sender, contractId }: PushedCommand,
  payload: Uint8Array,
): Pick<OpenedCommand, "input" | "unbound"> {
  try {
    const envelope = decodePayload(fromUtf8(payload), envelopeLimits);
    return {
      input: utf8(openCommand(crypto, channel, { sender, contractId }, envelope)),
      unbound: envelope.kind === "v1",
    };
  } catch (error) {
    if (error instanceof JsonError || error instanceof BytesError || error instanceof ChannelError)
      return { input: undefined };
    throw error;
  }
}
