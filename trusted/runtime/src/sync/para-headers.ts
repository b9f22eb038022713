/**
 * `sync_para`: makes a parachain's headers final, up to the head in the relay chain's latest finalized state.
 */
import { HeaderRun } from "@pruntime/core/light-client";
import { paraHeadersWork } from "@pruntime/core/parachain";
import type { Work } from "@pruntime/core/work";
import { finalizedOf, withWaiting } from "../chain.ts";
import { RuntimeError } from "../error.ts";
import type { EventOf } from "../event.ts";
import { markAfterPara } from "../mark.ts";
import { type Context, type State, type Step, started, withChain } from "../state.ts";

/**
 * Makes headers of the parachain final, together with the staged headers before them.
 * @throws {@link RuntimeError} `runtime/no-parachain`, `runtime/contradicts-mark`; ParachainError,
 * LightClientError, TrieError, CodecError
 */
export function* syncParaHeaders(
  { crypto }: Context,
  state: State,
  { headers, proof }: EventOf<"para-headers">,
): Work<Step<"para-headers">> {
  const { chain } = started(state);
  const { client, para } = chain;
  if (para === undefined) throw new RuntimeError({ code: "runtime/no-parachain" });
  const trust = { relayStateRoot: client.finalized.stateRoot, paraId: para.id, finalized: para.finalized };
  const proven = yield* paraHeadersWork(crypto, trust, { headers, proof }, para.staged);
  const finalized = proven.at(proven.tip.number);
  if (finalized === undefined) return { state, value: { syncedTo: para.finalized.number } };
  const next = { ...para, finalized, staged: HeaderRun.after(finalized) };
  const mark = markAfterPara(chain.mark, finalized, proven);
  const synced = withWaiting({ ...chain, para: next, mark }, proven);
  return { state: withChain(state, synced), value: { syncedTo: finalizedOf(synced).number } };
}
