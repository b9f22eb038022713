/**
 * `query`: opens a query, gets the answer from the committed state, and returns the reply. The reply is
 * sealed if the query was sealed, and plain otherwise.
 */
import { equal, fromUtf8 } from "@pruntime/core/bytes";
import {
  answerText,
  type CipherPayload,
  decodeQueryPayload,
  openQuery2020,
  openSealedQuery,
  type PlainPayload,
  QueryError,
  type QuerySeal,
  type Reply,
  refusalText,
  type SealedQuery,
  type SignedQuery,
  sealReply,
  verifyOrigin,
} from "@pruntime/core/channel";
import { ProtocolError } from "@pruntime/core/errors";
import { genesisOf } from "../chain.ts";
import type { EventOf } from "../event.ts";
import { type Context, type Running, type State, type Step, started } from "../state.ts";
import { ask } from "./ask.ts";
import { checkBlocks } from "./blocks.ts";
import { openContent, queryLimits, read2020 } from "./open.ts";

/**
 * Returns the reply to a query. If a v2 query opens, its reply is sealed, even if the worker refuses the
 * query.
 * @throws {@link QueryError}, ChannelError; JsonError for a bad envelope
 */
export function answerQuery(
  context: Context,
  state: State,
  { query: signed, waiting = 0 }: EventOf<"query">,
): Step<"query"> {
  const running = started(state);
  const payload = decodeQueryPayload(signed.queryPayload, queryLimits);
  const reply =
    payload.kind === "v2-query"
      ? answerSealed(context, running, signed, payload, waiting)
      : answer2020(context, running, signed, payload);
  return { state, value: { reply } };
}

/**
 * Answers a plain or v1 query. Even if the query is signed, it does not count as the account's use, because
 * anyone can send a recorded query of 2020 again.
 */
function answer2020(
  { crypto, random, identity, shares }: Context,
  { executor }: Running,
  signed: SignedQuery,
  payload: PlainPayload | CipherPayload,
): Reply {
  const origin = verifyOrigin(crypto, signed);
  const { text, replyTo } = openQuery2020(crypto, identity.keyPair, payload);
  const answer = ask(executor, origin, read2020(text));
  shares.add(undefined, text.length + answer.length);
  return sealReply(replyTo, random(12), fromUtf8(answer));
}

/**
 * Answers a v2 query. A refusal in clear depends only on the envelope. An error without a code is a bug, and
 * is thrown.
 */
function answerSealed(
  context: Context,
  running: Running,
  { origin }: SignedQuery,
  { keyId, ...payload }: SealedQuery,
  waiting: number,
): Reply {
  const { crypto, random, session } = context;
  if (origin !== undefined) throw new QueryError({ code: "query/origin-outside" });
  if (!equal(keyId, session.keyId)) throw new QueryError({ code: "query/other-session" });
  const { keyPair } = session;
  const genesisHash = genesisOf(running.chain);
  const { padded, replyTo } = openSealedQuery(crypto, { genesisHash, keyPair }, payload);
  const seal = { genesisHash, queryKey: keyPair.publicKey, enc: payload.enc };
  return sealReply(
    replyTo,
    random(12),
    outcomeText(() => answerContent(context, running, seal, padded, waiting)),
  );
}

function outcomeText(answer: () => string): string {
  try {
    return answerText(answer());
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return refusalText((error as ProtocolError).detail);
  }
}

/**
 * Returns the answer to an opened v2 query. The nonce of an anonymous query is not remembered: the host can
 * have the query answered again until it expires, but the answer is one that any account may ask for, and is
 * again sealed to the asker.
 */
function answerContent(
  { crypto, session, shares }: Context,
  { chain, executor }: Running,
  seal: QuerySeal,
  padded: Uint8Array,
  waiting: number,
): string {
  const { origin, query } = openContent(crypto, seal, padded);
  checkBlocks(chain, query);
  const signed = origin && { ...query, account: origin };
  if (signed !== undefined) {
    session.check(chain.dispatched.number, signed);
    shares.check(signed.account, waiting);
  }
  const answer = ask(executor, origin, query);
  // The nonce is remembered last, so that a refused query can be sent again. A refused query does not count
  // as use: otherwise the host could send it again and again until the account has used up its share.
  if (signed !== undefined) session.remember(chain.dispatched.number, signed);
  shares.add(origin, padded.length + answer.length);
  return fromUtf8(answer);
}
