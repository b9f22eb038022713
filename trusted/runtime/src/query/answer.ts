/**
 * `query`: verifies the signer, opens the query, answers from the committed state, and seals the reply in
 * kind.
 */
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import {
  decodePayload,
  decodeQuery,
  openQuery,
  type Query,
  type Reply,
  type SignedQuery,
  sealReply,
  verifyOrigin,
  type WorkerChannel,
} from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { canonicalJson, JsonError } from "@pruntime/core/json";
import { ContractError, type Executor } from "@pruntime/executor";
import { AskError } from "./error.ts";
import type { ReplayGuard } from "./replay.ts";

/** What a query is answered with. */
export interface QueryContext {
  readonly crypto: Crypto;
  readonly random: Random;
  readonly channel: WorkerChannel;
  readonly executor: Executor;
  readonly replay: ReplayGuard;
  /** The last dispatched block. */
  readonly dispatched: number;
}

/** Envelopes and requests longer (in UTF-16 units) or deeper than this are not read. */
const limits = { maxLength: 1 << 18, maxDepth: 16 };

/**
 * The sealed reply to a query. @throws QueryError, ChannelError, {@link AskError}; JsonError for a bad
 * envelope
 */
export function answerQuery(context: QueryContext, signed: SignedQuery): Reply {
  const { crypto, random, channel, executor, replay, dispatched } = context;
  const origin = verifyOrigin(crypto, signed);
  const payload = decodePayload(signed.queryPayload, limits);
  const { text, replyTo } = openQuery(crypto, channel, origin, payload);
  const query = readQuery(payload.kind, text);
  const answer = fromUtf8(ask(executor, origin, query));
  // last, so that a query that is refused leaves no note
  if (query.kind === "v2") replay.admit(dispatched, origin, query.nonce, query.expiresAt);
  return sealReply(replyTo, random(12), answer);
}

function readQuery(kind: Parameters<typeof decodeQuery>[0], text: string): Query {
  try {
    return decodeQuery(kind, text, limits);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new AskError({ code: "ask/malformed" }, { cause });
  }
}

function ask(executor: Executor, origin: Uint8Array | undefined, query: Query): Uint8Array {
  const { contractId } = query;
  const request = requestBytes(query);
  try {
    const answer = executor.query(origin, contractId, request);
    if (answer === undefined) throw new AskError({ code: "ask/no-contract", contractId });
    return answer;
  } catch (cause) {
    if (!(cause instanceof ContractError && cause.code === "contract/bad-request")) throw cause;
    throw new AskError({ code: "ask/bad-request", contractId }, { cause });
  }
}

/** In envelopes of JSON a request's bytes are the UTF-8 of its canonical JSON. A fraction has none. */
function requestBytes({ contractId, request }: Query): Uint8Array {
  try {
    return utf8(canonicalJson(request));
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new AskError({ code: "ask/bad-request", contractId }, { cause });
  }
}
