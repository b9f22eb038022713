/**
 * Below its mark, a worker only syncs. It answers no query and vouches for no state, because it may be on a
 * fork that lacks its marked block.
 */
import { RuntimeError } from "./error.ts";
import type { Event } from "./event.ts";
import { belowMark } from "./mark.ts";
import type { State } from "./state.ts";

/** Whether a worker below its mark accepts each kind of event. */
const accepted: Readonly<Record<Event["kind"], boolean>> = {
  init: true,
  headers: true,
  "para-headers": true,
  "stage-headers": true,
  recover: true,
  blocks: true,
  "stage-piece": true,
  code: true,
  body: true,
  load: true,
  "load-page": true,
  query: false,
  "set-data": false,
  "get-data": false,
  "set-operator": true,
  dump: false,
  "dump-begin": false,
  "dump-page": false,
  "handover-begin": false,
  "handover-offer": false,
  "handover-accept": false,
  "handover-release": false,
  "handover-complete": false,
};

/**
 * Refuses an event that a worker accepts only once it has reached its mark.
 * @throws {@link RuntimeError} `runtime/below-mark`
 */
export function requireMark({ running }: State, { kind }: Event): void {
  const below = running && belowMark(running.chain);
  if (below !== undefined && !accepted[kind])
    throw new RuntimeError({ code: "runtime/below-mark", ...below });
}
