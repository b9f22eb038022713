/**
 * `stage_header`: takes headers before anything proves them, so that a stretch without a justification may be
 * longer than one call. A host can stage false headers, up to a limit, but they have no effect unless they
 * are proven.
 */
import { decodeReceivedHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { type BlockPoint, headersPerUnit, stageHeadersWork } from "@pruntime/core/light-client";
import { stageParaHeadersWork } from "@pruntime/core/parachain";
import { mapEach, type Work } from "@pruntime/core/work";
import { type Chain, requireSource } from "../chain.ts";
import { readAs } from "../dispatch/read.ts";
import { RuntimeError } from "../error.ts";
import type { EventOf } from "../event.ts";
import { type Context, type State, type Step, started, withChain } from "../state.ts";

/**
 * Stages headers of the chain that GRANDPA finalizes, or of the parachain.
 * @throws DispatchError `dispatch/bad-block`; {@link RuntimeError} `runtime/no-parachain`,
 * `runtime/wrong-source`; LightClientError, FinalityError
 */
export function* stageSyncHeaders(
  { crypto }: Context,
  state: State,
  event: EventOf<"stage-headers">,
): Work<Step<"stage-headers">> {
  const { chain } = started(state);
  requireSource(chain, "events");
  const stage = event.parachain ? withParaHeaders : withHeaders;
  const next = yield* stage(crypto, chain, event);
  return { state: withChain(state, next), value: { stagedTo: stagedOf(next, event.parachain).number } };
}

/** The last staged block of the chain that GRANDPA finalizes, or of the parachain. */
function stagedOf({ staged, para }: Chain, parachain: boolean): BlockPoint {
  return (parachain ? para?.staged : undefined)?.tip ?? staged.headers.tip;
}

function* withHeaders(crypto: Crypto, chain: Chain, { headers }: EventOf<"stage-headers">): Work<Chain> {
  const received = yield* mapEach(headers, headersPerUnit, (bytes) =>
    readAs("dispatch/bad-block", decodeReceivedHeader, bytes),
  );
  return { ...chain, staged: yield* stageHeadersWork(crypto, chain.client, chain.staged, received) };
}

function* withParaHeaders(crypto: Crypto, chain: Chain, { headers }: EventOf<"stage-headers">): Work<Chain> {
  const { para } = chain;
  if (para === undefined) throw new RuntimeError({ code: "runtime/no-parachain" });
  const staged = yield* stageParaHeadersWork(crypto, para.finalized, para.staged, headers);
  return { ...chain, para: { ...para, staged } };
}
