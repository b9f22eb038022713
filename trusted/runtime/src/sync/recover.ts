/**
 * `recover_finality`: goes on from a checkpoint that the anchor's recovery keys have signed. The worker keeps
 * its anchor, its keys and its state. The blocks on the way wait for dispatch, like other finalized blocks.
 */
import { decodeReceivedHeader } from "@pruntime/core/chain";
import { decodeRecovery, headersPerUnit, recoveryWork } from "@pruntime/core/light-client";
import { mapEach, type Work } from "@pruntime/core/work";
import { withFinalized } from "../chain.ts";
import { readAs } from "../dispatch/read.ts";
import type { EventOf } from "../event.ts";
import { type Context, type State, type Step, started, withChain } from "../state.ts";

/**
 * Takes a signed checkpoint that contains the latest finalized block, and staged headers on the way to it.
 * @throws DispatchError `dispatch/bad-block`; LightClientError, FinalityError, JsonError, CodecError;
 * RuntimeError `runtime/contradicts-mark`, `runtime/queue-full`
 */
export function* recover(
  { crypto }: Context,
  state: State,
  event: EventOf<"recover">,
): Work<Step<"recover">> {
  const { chain } = started(state);
  const { anchor, recovery: keys, client, staged } = chain;
  const recovery = decodeRecovery(event.recovery);
  const headers = yield* mapEach(event.headers, headersPerUnit, (bytes) =>
    readAs("dispatch/bad-block", decodeReceivedHeader, bytes),
  );
  const verified = yield* recoveryWork(crypto, { anchor, keys }, client, { recovery, headers }, staged);
  const { next } = verified;
  const path = verified.staged.append(verified.finalized);
  const recovered = withFinalized(chain, next, path, next.authorities.setId);
  return { state: withChain(state, recovered), value: { syncedTo: next.finalized.number } };
}
