/**
 * `query`: opens a query, gets the answer from the committed state, and returns the reply. The reply is
 * sealed if the query was sealed, and plain otherwise.
 */
import { fromUtf8 } from "@pruntime/core/bytes";
import { sealReply } from "@pruntime/core/channel";
import type { EventOf } from "../event.ts";
import { type Context, channelOf, type State, type Step, started } from "../state.ts";
import { ask } from "./ask.ts";
import { openSigned } from "./open.ts";

/**
 * Returns the reply to a query. The reply is sealed if the query was sealed, and plain otherwise.
 * @throws QueryError, ChannelError; JsonError for a bad envelope
 */
export function answerQuery(
  context: Context,
  state: State,
  { query: signed }: EventOf<"query">,
): Step<"query"> {
  const { crypto, random } = context;
  const { chain, executor, replay } = started(state);
  const { origin, query, replyTo } = openSigned(crypto, channelOf(context, chain), signed);
  const answer = fromUtf8(ask(executor, origin, query));
  // The nonce is admitted last, so that the nonce of a refused query is not remembered.
  if (query.kind === "v2") replay.admit(chain.dispatched.number, origin, query.nonce, query.expiresAt);
  return { state, value: { reply: sealReply(replyTo, random(12), answer) } };
}
