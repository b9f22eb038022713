/** `sync_header`: makes headers final. */
import { decodeAuthoritySetChange, decodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { headersPerUnit, receivedHeadersWork } from "@pruntime/core/light-client";
import { mapEach, type Work } from "@pruntime/core/work";
import { requireSource, withFinalized } from "../chain.ts";
import { DispatchError } from "../dispatch/error.ts";
import { readAs } from "../dispatch/read.ts";
import type { EventOf } from "../event.ts";
import { type Context, type State, type Step, started, withChain } from "../state.ts";

/**
 * Makes the headers of a batch final, together with the staged headers before the batch. Only the last
 * header's justification is read.
 * @throws {@link DispatchError} `dispatch/bad-block`, `dispatch/bad-set-change`, `dispatch/empty`,
 * `dispatch/missing-justification`; LightClientError, FinalityError, TrieError, CodecError, RuntimeError
 */
export function* syncHeaders(
  { crypto }: Context,
  state: State,
  { headers: encoded, authoritySetChange }: EventOf<"headers">,
): Work<Step<"headers">> {
  const headers = yield* mapEach(encoded, headersPerUnit, (bytes) =>
    readAs("dispatch/bad-block", decodeHeaderToSync, bytes),
  );
  const change =
    authoritySetChange && readAs("dispatch/bad-set-change", decodeAuthoritySetChange, authoritySetChange);
  const { chain } = started(state);
  requireSource(chain, "events");
  const last = headers.at(-1);
  if (last === undefined) throw new DispatchError({ code: "dispatch/empty" });
  const { justification } = last;
  if (justification === undefined)
    throw new DispatchError({ code: "dispatch/missing-justification", number: last.header.number });
  const batch = { headers, justification, authoritySetChange: change };
  const { staged, finalized, next } = yield* receivedHeadersWork(crypto, chain.client, batch, chain.staged);
  const synced = withFinalized(chain, next, staged.append(finalized), chain.client.authorities.setId);
  return { state: withChain(state, synced), value: { syncedTo: next.finalized.number } };
}
