/** Runs one command of a finalized block. Whatever it holds, it ends in a receipt: nothing in it can stop the block. */
import { BytesError, fromUtf8 } from "@pruntime/core/bytes";
import { ChannelError, decodePayload, openCommand, type WorkerChannel } from "@pruntime/core/channel";
import type { Crypto } from "@pruntime/core/crypto";
import { JsonError } from "@pruntime/core/json";
import type { Batch, BlockContext, OpenedCommand } from "@pruntime/executor";
import type { PushedCommand } from "./command-events.ts";

/** Envelopes longer (in UTF-16 units) or deeper than this are not opened. */
const envelopeLimits = { maxLength: 1 << 18, maxDepth: 4 };

/** @param txHash what the receipt is found by, 32 bytes */
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
 * The command's text; `undefined` when the payload is no envelope, or one that was not sealed to this worker by this sender. A v1 text is bound to nobody: whoever
 * pushes it may have copied it from somebody else's message without being able to read it.
 */
function open(
  crypto: Crypto,
  channel: WorkerChannel,
  { sender, contractId }: PushedCommand,
  payload: Uint8Array,
): Pick<OpenedCommand, "text" | "unbound"> {
  try {
    const envelope = decodePayload(fromUtf8(payload), envelopeLimits);
    return {
      text: openCommand(crypto, channel, { sender, contractId }, envelope),
      unbound: envelope.kind === "v1",
    };
  } catch (error) {
    if (error instanceof JsonError || error instanceof BytesError || error instanceof ChannelError)
      return { text: undefined };
    throw error;
  }
}
