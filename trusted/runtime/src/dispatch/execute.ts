/**
 * Runs the commands of finalized blocks. Every payload results in an execution receipt, so no payload can
 * stop the block. Only signed policies have none, on a chain whose anchor names a policy key.
 */
import { policyContractId } from "@pruntime/core/attestation";
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
import { type Chain, policyKeyOf } from "../chain.ts";
import { type Policies, policiesAfter } from "../policies.ts";
import { type Context, channelOf } from "../state.ts";
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
  /** The ed25519 key that signs policies. `undefined` if the anchor names none. */
  readonly policyKey: Uint8Array | undefined;
}

/** Makes what the commands of a chain's blocks are opened and run with. */
export function executionOf(context: Context, chain: Chain, batch: Batch): Execution {
  const rules = { takesV1: chain.channelV1, policyKey: policyKeyOf(chain) };
  return { crypto: context.crypto, channel: channelOf(context, chain), batch, ...rules };
}

/** A command, and the key of its execution receipt, 32 bytes. */
export interface KeyedCommand {
  readonly command: PushedCommand;
  readonly txHash: Uint8Array;
}

/**
 * Opens and runs the commands of one block in order, and ends the block. Each command is one unit of work.
 * @param before the policies before the block
 * @returns the policies after the block
 */
export function* executeBlock(
  { batch, policyKey: key, ...how }: Execution,
  block: BlockContext,
  commands: Iterable<KeyedCommand>,
  before: Policies,
): Work<Policies> {
  const { crypto } = how;
  const { genesisHash } = how.channel;
  let policies = before;
  yield* forEach(commands, 1, ({ command, txHash }) => {
    const { index, sender, contractId, payload } = command;
    if (key !== undefined && contractId === policyContractId)
      policies = policiesAfter(crypto, { genesisHash, key }, policies, payload, block.timeMs);
    else batch.execute({ block, index, sender, contractId, txHash, ...open(how, command) });
  });
  yield* batch.endBlockWork(block.number);
  return policies;
}

/**
 * Opens a command. `input` is the command's text in UTF-8. `input` is `undefined` if the payload is not an
 * envelope, or if the sender did not seal the envelope to this worker. A v1 envelope is not bound to its
 * sender: the sender may have copied the envelope from another account's command without being able to read
 * it, and can then learn its content from what the command does. Such an envelope is therefore opened only if
 * the anchor says so.
 */
function open(
  { crypto, channel, takesV1 }: Omit<Execution, "batch" | "policyKey">,
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
