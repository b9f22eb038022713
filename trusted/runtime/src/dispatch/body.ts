/**
 * `sync_block`: finality and commands of one block at once, as in 2020. The body counts because the finalized header commits to it; that extrinsics are
 * signed is the finalized chain's own rule. Which of them failed a body does not tell.
 */
import { decodeSignedBlock } from "@pruntime/core/bridge-2020";
import { equal } from "@pruntime/core/bytes";
import type { WorkerChannel } from "@pruntime/core/channel";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeExtrinsic2020, decodePushCommand2020, extrinsicsRoot } from "@pruntime/core/extrinsics";
import { verifyHeaders } from "@pruntime/core/light-client";
import { CodecError, decodeAll, readCompact } from "@pruntime/core/scale";
import type { Batch } from "@pruntime/executor";
import { type Chain, requireSource } from "../chain.ts";
import type { PushedCommand } from "./command-events.ts";
import { DispatchError } from "./error.ts";
import { executeCommand } from "./execute.ts";

/**
 * @returns the chain as it is once the batch is committed; `undefined` when the block was known
 * @throws {@link DispatchError}; LightClientError, FinalityError, CodecError
 */
export function dispatchBody(
  crypto: Crypto,
  chain: Chain,
  channel: WorkerChannel,
  begin: () => Batch,
  encoded: Uint8Array,
): { readonly chain: Chain; readonly batch: Batch } | undefined {
  requireSource(chain, "bodies");
  const { header, encodedHeader, extrinsics, justification } = decodeSignedBlock(encoded);
  const { number } = header;
  if (number === 0) throw new DispatchError({ code: "dispatch/genesis-block" });
  if (justification === undefined)
    throw new DispatchError({ code: "dispatch/missing-justification", number });
  const { finalized, next } = verifyHeaders(crypto, chain.client, {
    headers: [encodedHeader],
    justification,
  });
  const [final] = finalized;
  if (final === undefined) return undefined;
  if (!equal(extrinsicsRoot(crypto, extrinsics), final.extrinsicsRoot))
    throw new DispatchError({ code: "dispatch/extrinsics-mismatch", number });
  const batch = begin();
  const timeMs = extrinsics.map(inherentTime).find((time) => time !== undefined) ?? 0n;
  const known = chain.dispatched.timeMs;
  const dispatched = {
    number,
    hash: final.hash,
    stateRoot: final.stateRoot,
    timeMs: timeMs > known ? timeMs : known,
  };
  for (const [index, extrinsic] of extrinsics.entries()) {
    const command = commandOf(index, extrinsic);
    if (command !== undefined)
      executeCommand(crypto, channel, batch, dispatched, command, crypto.blake2b256(extrinsic));
  }
  batch.endBlock();
  return { chain: { ...chain, client: next, dispatched }, batch };
}

/** `Timestamp.set`: pallet 1, call 0. */
const [timestampPallet, setCall] = [1, 0];

/**
 * The milliseconds that a block's author put in and the finalized chain checked, if this is that inherent: nobody can send one, and a block has one. It is what
 * `Timestamp.Now` becomes.
 */
function inherentTime(extrinsic: Uint8Array): bigint | undefined {
  return ofThisFormat(() => {
    const { signer, call } = decodeExtrinsic2020(extrinsic);
    if (signer !== undefined || call[0] !== timestampPallet || call[1] !== setCall) return undefined;
    const time = decodeAll(call.subarray(2), readCompact);
    return time >> 64n === 0n ? time : undefined;
  });
}

/**
 * The command in an extrinsic, if there is one. An extrinsic in another format than that of 2020 is none of ours. An index is short for an account that only
 * the chain's state names: such a sender is nobody we know, so the command is left out.
 */
function commandOf(index: number, extrinsic: Uint8Array): PushedCommand | undefined {
  return ofThisFormat(() => {
    const { signer, call } = decodeExtrinsic2020(extrinsic);
    if (signer?.kind !== "account") return undefined;
    const command = decodePushCommand2020(call);
    return command && { index, sender: signer.id, ...command };
  });
}

function ofThisFormat<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
