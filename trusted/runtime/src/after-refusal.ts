/** What a worker changes although it has refused an event. */
import type { ErrorDetail } from "@pruntime/core/errors";
import type { ExecutorErrorDetail } from "@pruntime/executor";
import { withoutStaged } from "./dispatch/use-staged.ts";
import type { Event } from "./event.ts";
import { afterRefusedKeys } from "./handover/handover.ts";
import type { State } from "./state.ts";

/**
 * Returns the state after a refused event. A dispatch drops the staged parts that it names, because a part
 * may be the reason for the refusal, and remembers the block that did not fit into memory. Refused keys end
 * their handover.
 */
export function afterRefusal(state: State, event: Event, error: ErrorDetail): State {
  switch (event.kind) {
    case "blocks":
      return withFull(withoutStaged(state, event), error);
    case "body":
      return withFull(state, error);
    case "handover-complete":
      return { ...state, handover: afterRefusedKeys(state.handover, error.code) };
    default:
      return state;
  }
}

type StateFull = Extract<ExecutorErrorDetail, { readonly code: "executor/state-full" }>;

function withFull(state: State, error: ErrorDetail): State {
  const { running } = state;
  if (running === undefined || !isStateFull(error)) return state;
  const since = running.chain.dispatched.number + 1;
  const full = { since, bytes: error.bytes, limit: error.budget };
  return { ...state, running: { ...running, full } };
}

function isStateFull(error: ErrorDetail): error is StateFull {
  return error.code === "executor/state-full";
}
