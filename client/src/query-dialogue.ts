/**
 * The dialogue of a v2 query with a worker. The query names a block that the client knows to be final, so a
 * worker that is held back, or on a fork, cannot answer. The client deals with some refusals itself: for
 * example, it seals the query again for a worker that has restarted.
 */
import { query as queryAction } from "@pruntime/api";
import { equal } from "@pruntime/core/bytes";
import { decodeQueryOutcome, openReply } from "@pruntime/core/channel";
import { type Answer, answerOf } from "./answer.ts";
import { ClientError } from "./error.ts";
import { leavesUnused, reasonOf } from "./failover.ts";
import type { ClientOptions } from "./options.ts";
import type { KnownBlock, Progress } from "./progress.ts";
import type { Replica } from "./replica.ts";
import { type Asked, makeSealedQuery, type SealedQueryCall } from "./sealed-query.ts";

/** How long a v2 query is valid by chain time, in milliseconds. Its limit in blocks usually ends earlier. */
const queryLifeMs = 3_600_000;

/** A query, and the number of blocks during which a worker may answer it. */
export interface DatedQuery extends Asked {
  readonly expiresIn: number;
}

/** A query as it was sealed for one process. */
interface Sealed extends SealedQueryCall {
  readonly queryKey: Uint8Array;
  readonly known: KnownBlock;
}

/** One query to one process. */
export class QueryDialogue {
  readonly #replica: Replica;
  readonly #options: ClientOptions;
  readonly #progress: Progress;
  readonly #query: DatedQuery;
  /** The refusals that the client has dealt with. */
  readonly #dealtWith = new Set<string>();
  #known: KnownBlock | undefined;
  #sealed: Sealed | undefined;

  constructor(replica: Replica, options: ClientOptions, progress: Progress, query: DatedQuery) {
    this.#replica = replica;
    this.#options = options;
    this.#progress = progress;
    this.#query = query;
  }

  /**
   * Sends the query. If it was sent before and refused with `query/ahead` or `query/over-share`, the same
   * signed query is sent. After any other error, such as a lost reply, the worker may have used up the signed
   * query, so a new one is sealed.
   * @throws ClientError, StatementError, ChannelError, JsonError; `client/refused` if the worker refuses the
   * query
   */
  async answer(): Promise<Answer> {
    for (;;) {
      this.#sealed ??= await this.#seal();
      const sealed = this.#sealed;
      try {
        return await this.#send(sealed);
      } catch (error) {
        if (!leavesUnused(error)) this.#sealed = undefined;
        if (!(await this.#dealWith(error, sealed))) throw error;
      }
    }
  }

  async #seal(): Promise<Sealed> {
    const { crypto, random, freshness } = this.#options;
    const { queryKey, issuedAt } = await this.#replica.queryTerms();
    this.#known ??= await latestKnown(this.#options, this.#progress);
    const { number, hash } = this.#known;
    const dates = {
      knownBlock: { number, hash },
      issuedAt,
      expiresAt: issuedAt + this.#query.expiresIn,
      expiresAtMs: BigInt(Math.floor(freshness.now()) + queryLifeMs),
    };
    const recipient = { genesisHash: this.#replica.worker.genesisHash, queryKey };
    const call = await makeSealedQuery(crypto, random, recipient, this.#query, dates);
    return { ...call, queryKey, known: this.#known };
  }

  async #send({ input, session, known }: Sealed): Promise<Answer> {
    const { floor } = this.#progress;
    const reply = await this.#replica.exchange(queryAction, input);
    const outcome = decodeQueryOutcome(openReply(session, reply.value));
    if (outcome.kind === "Answer") {
      const exchange = { ...reply.exchange, knownBlock: known };
      return answerOf(await this.#replica.judge(floor, { ...reply, exchange }), outcome.value, known);
    }
    const { code: reason, message, retry_ms: retryMs } = outcome.value;
    if (reason === "query/unknown-block")
      throw new ClientError({ code: "client/forked", number: known.number });
    throw new ClientError({ code: "client/refused", status: 200, reason, message, retryMs });
  }

  /**
   * Deals with three refusals, each at most once. It fetches the query key of the worker's new process or the
   * worker's latest block, or chooses another block in place of one that is too old for the worker.
   * @returns whether the query can be sealed and sent again
   */
  async #dealWith(error: unknown, { queryKey, known }: Sealed): Promise<boolean> {
    const reason = reasonOf(error);
    if (this.#dealtWith.has(reason)) return false;
    this.#dealtWith.add(reason);
    switch (reason) {
      case "query/expired":
        await this.#replica.look();
        return true;
      case "query/other-session":
        await this.#replica.look();
        return !equal((await this.#replica.queryTerms()).queryKey, queryKey);
      case "query/block-too-old":
        if (known.from === "anchor") return false;
        this.#known = await fallback(this.#options, this.#progress);
        return true;
      default:
        return false;
    }
  }
}

/** The newest block that the client knows, by its check of finality, its node or the worker's replies. */
async function latestKnown(
  { finality, node }: ClientOptions,
  { latest, genesis }: Progress,
): Promise<KnownBlock> {
  const [confirmed, ofNode] = [finality?.latest?.(), await node?.(genesis.hash)];
  const candidates: KnownBlock[] = [latest];
  if (confirmed !== undefined)
    candidates.push({ number: confirmed.number, hash: confirmed.hash, from: "finality" });
  if (ofNode !== undefined) candidates.push({ number: ofNode.number, hash: ofNode.hash, from: "node" });
  return candidates.reduce((best, one) => (one.number >= best.number ? one : best));
}

/** The block to name if the worker no longer remembers the known block. */
async function fallback({ node }: ClientOptions, { genesis }: Progress): Promise<KnownBlock> {
  const ofNode = await node?.(genesis.hash);
  return ofNode === undefined ? genesis : { ...ofNode, from: "node" };
}
