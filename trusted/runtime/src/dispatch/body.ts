/**
 * `sync_block`: finality and commands of one block in one call, as in 2020. The finalized header commits to
 * the body, and the chain has checked the extrinsics' signatures. A body does not show which extrinsics
 * failed, so the commands of failed extrinsics run too.
 */
import { decodeSignedBlock } from "@pruntime/core/bridge-2020";
import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import {
  decodeExtrinsic2020,
  decodePushCommand2020,
  type Extrinsic2020,
  extrinsicsRootWork,
} from "@pruntime/core/extrinsics";
import { receivedHeadersWork } from "@pruntime/core/light-client";
import { CodecError, decodeAll, readCompact } from "@pruntime/core/scale";
import { mapEach, type Work } from "@pruntime/core/work";
import { setsOf } from "../authority-sets.ts";
import { dispatchedAfter, requireSource, withPolicies } from "../chain.ts";
import type { EventOf } from "../event.ts";
import { markAfter } from "../mark.ts";
import { type Context, type State, type Step, started, withChain } from "../state.ts";
import type { PushedCommand } from "./command-events.ts";
import { DispatchError } from "./error.ts";
import { executeBlock, executionOf, type KeyedCommand } from "./execute.ts";
import { readAs } from "./read.ts";

/**
 * Makes one block final and executes its commands. A block that is already final is skipped.
 * @throws {@link DispatchError}; LightClientError, FinalityError, CodecError, RuntimeError
 */
export function* dispatchBody(
  context: Context,
  state: State,
  { block: encoded }: EventOf<"body">,
): Work<Step<"body">> {
  const { crypto } = context;
  const block = readAs("dispatch/bad-block", decodeSignedBlock, encoded);
  const { extrinsics, justification } = block;
  const { chain, executor } = started(state);
  requireSource(chain, "bodies");
  const { number } = block.header;
  if (number === 0) throw new DispatchError({ code: "dispatch/genesis-block" });
  if (justification === undefined)
    throw new DispatchError({ code: "dispatch/missing-justification", number });
  const { finalized, next } = yield* receivedHeadersWork(crypto, chain.client, {
    headers: [block],
    justification,
  });
  const [final] = finalized;
  if (final === undefined) return { state, value: { syncedTo: chain.dispatched.number } };
  if (!equal(yield* extrinsicsRootWork(crypto, extrinsics, 0), final.extrinsicsRoot))
    throw new DispatchError({ code: "dispatch/extrinsics-mismatch", number });
  const headers = { at: (at: number) => (at === number ? final : undefined) };
  const mark = markAfter(chain.mark, next, headers, chain.client.authorities.setId);
  const read = yield* mapEach(extrinsics, extrinsicsPerUnit, (bytes) =>
    ofThisFormat(() => decodeExtrinsic2020(bytes)),
  );
  const timeMs = read.map(inherentTime).find((time) => time !== undefined) ?? 0n;
  const dispatched = dispatchedAfter(chain.dispatched, final, timeMs);
  const batch = executor.begin();
  const execution = executionOf(context, chain, batch);
  const commands = commandsOf(crypto, extrinsics, read);
  const policies = yield* executeBlock(execution, dispatched, commands, chain.policies);
  const sets = setsOf(next, chain.sets);
  const synced = { ...chain, client: next, sets, dispatched, known: chain.known.append([final]), mark };
  return {
    state: withChain(state, withPolicies(synced, policies)),
    value: { syncedTo: number },
    after: yield* batch.commitWork(),
  };
}

/**
 * The extrinsics of a body that are decoded in one unit of work.
 * @limit extrinsics
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
const extrinsicsPerUnit = 256;

/** The commands in the extrinsics. Each is read only when its turn comes. */
function* commandsOf(
  crypto: Crypto,
  extrinsics: readonly Uint8Array[],
  read: readonly (Extrinsic2020 | undefined)[],
): Generator<KeyedCommand, void> {
  for (const [index, bytes] of extrinsics.entries()) {
    const command = commandOf(index, read[index]);
    if (command !== undefined) yield { command, txHash: crypto.blake2b256(bytes) };
  }
}

/** The call `Timestamp.set` of 2020. */
const [timestampPallet, setCall] = [1, 0];

/**
 * The block's time in milliseconds, if the extrinsic is the inherent that sets it. Only the block's author
 * can add this inherent, and the chain has checked it. A block has exactly one such inherent, and its value
 * becomes `Timestamp.Now`.
 */
function inherentTime(extrinsic: Extrinsic2020 | undefined): bigint | undefined {
  if (extrinsic === undefined) return undefined;
  const { signer, call } = extrinsic;
  if (signer !== undefined || call[0] !== timestampPallet || call[1] !== setCall) return undefined;
  const time = ofThisFormat(() => decodeAll(call.subarray(2), readCompact));
  return time !== undefined && time >> 64n === 0n ? time : undefined;
}

/**
 * Returns the command in an extrinsic, or `undefined` if there is no command or the extrinsic is not in the
 * format of 2020. If the sender is an account index, the command is left out, because only the chain's state
 * maps the index to an account.
 */
function commandOf(index: number, extrinsic: Extrinsic2020 | undefined): PushedCommand | undefined {
  if (extrinsic?.signer?.kind !== "account") return undefined;
  const { signer, call } = extrinsic;
  const command = ofThisFormat(() => decodePushCommand2020(call));
  return command && { index, sender: signer.id, ...command };
}

function ofThisFormat<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
