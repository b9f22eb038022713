/** `sync_code`: learns from a chain's new runtime code what the events after the upgrade mean. */
import { ProtocolError } from "@pruntime/core/errors";
import type { Work } from "@pruntime/core/work";
import { requireSource, withCode } from "../chain.ts";
import type { EventOf } from "../event.ts";
import { type Context, type State, type Step, started, withChain } from "../state.ts";
import { CodeError } from "./error.ts";

/**
 * Accepts the new code in the state of the block that changed the runtime. That block must be dispatched
 * first, because its own events still have the old meaning. If this program cannot read the new code, the
 * worker dispatches no more blocks, but it still syncs headers and answers queries.
 * @throws {@link CodeError} `code/not-due`, `code/not-in-state`; RuntimeError, TrieError
 */
export function* learnCode(
  { meanings }: Context,
  state: State,
  { proof }: EventOf<"code">,
): Work<Step<"code">> {
  const running = started(state);
  const { chain } = running;
  requireSource(chain, "events");
  const { dispatched, runtimeChangedAt: changedAt } = chain;
  if (changedAt === undefined) return { state, value: { from: undefined, unreadable: undefined } };
  if (dispatched.number !== changedAt)
    throw new CodeError({ code: "code/not-due", changedAt, dispatched: dispatched.number });
  const events = yield* meanings.proven(dispatched.stateRoot, proof);
  if (events instanceof ProtocolError) {
    const unreadable = { since: changedAt + 1, code: events.code };
    return {
      state: withChain(state, { ...chain, unreadable }),
      value: { from: undefined, unreadable: events.code },
    };
  }
  return {
    state: { ...state, running: { ...running, chain: withCode(chain), events } },
    value: { from: changedAt + 1, unreadable: undefined },
  };
}
