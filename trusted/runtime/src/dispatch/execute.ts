/**
 * Runs the commands of finalized blocks. Every payload results in an execution receipt, so no payload can
 * stop the block.
 */
import { BytesError, fromUtf8, utf8 } from "@pruntime/core/bytes";
import {
  ChannelError,
  decodePayload,
  mayBePayload,
  openCommand,
  type WorkerChannel,
} from "@pruntime/core/channel";
import type { Crypto } from "@pruntime/core/crypto";
import { JsonError } from "@pruntime/core/json";
import { forEach, type Work } from "@pruntime/core/work";
import type { Batch, BlockContext, OpenedCommand } from "@pruntime/executor";
import type { PushedCommand } from "./command-events.ts";

/**
 * The envelope of a pushed command.
 * @limit characters, levels
 * @source protocol: part of the rules number. A sealed command of the largest size has less than half of it
 * @past the command is not opened, and its receipt says so
 */
const envelopeLimits = { maxLength: 1 << 18, maxDepth: 4 };

/** The cryptography, the channel and the batch with which commands are opened and run. */
export interface Execution {
  readonly crypto: Crypto;
  readonly channel: WorkerChannel;
  /** Whether commands of channel v1 are run. */
  readonly takesV1: boolean;
  readonly batch: Batch;
}

/** A command, and the key of its execution receipt, 32 bytes. */
export interface KeyedCommand {
  readonly command: PushedCommand;
  readonly txHash: Uint8Array;
}

/**
 * Opens and runs the commands of one block in order, and ends the block. Each command is one unit of work.
 */
export function* executeBlock(
  { batch, ...how }: Execution,
  block: BlockContext,
  commands: Iterable<KeyedCommand>,
): Work<void> {
  yield* forEach(commands, 1, ({ command, txHash }) => {
    const { index, sender, contractId } = command;
    batch.execute({ block, index, sender, contractId, txHash, ...open(how, command) });
  });
  yield* batch.endBlockWork(block.number);
}

/**
 * Opens a command. `input` is the command's text in UTF-8. `input` is `undefined` if the payload is not an
 * envelope, or if the sender did not seal the envelope to this worker. A v1 envelope is not bound to its
 * sender: the sender may have copied the envelope from another account's command without being able to read
 * it, and can then learn its content from what the command does. Such an envelope is therefore opened only if
 * the anchor says so.
 */
function open(
  { crypto, channel, takesV1 }: Omit<Execution, "batch">,
  { sender, contractId, payload }: PushedCommand,
): Pick<OpenedCommand, "input" | "refused" | "unbound"> {
  if (!mayBePayload(payload, envelopeLimits.maxLength)) return { input: undefined };
  try {
    const envelope = decodePayload(fromUtf8(payload), envelopeLimits);
    if (envelope.kind === "v1" && !takesV1) return { input: undefined, refused: "ChannelV1Refused" };
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
