/**
 * Takes dumps of a running worker, so that few calls have to be repeated after a restart. Each page is a call
 * of the operator's lane, so a relay's calls go on between two pages.
 */
import { dumpBegin, dumpPage, readEnvelope } from "@pruntime/api";
import { type BodyInParts, type EnclaveReply, inOnePart } from "@pruntime/api/frames";
import { fromUtf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeJson, type JsonReader } from "@pruntime/core/json";
import type { BaseLogger } from "pino";
import type { Call } from "../enclave/dispatcher.ts";
import { GatewayError } from "../error.ts";
import type { Journal } from "./journal.ts";

/**
 * How long an operator's own dump, or a dump that failed, holds the next one back. A dump that begins would
 * end the one that the operator is taking.
 * @limit ms
 * @source chosen: an operator's program asks for the pages one after another
 * @past the next dump begins
 */
const restMs = 30_000;

/** What takes dumps. */
export interface CheckpointOptions {
  readonly journal: Journal;
  /** Calls the enclave. */
  readonly ask: (action: string, body: BodyInParts) => Promise<EnclaveReply>;
  readonly log: BaseLogger;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Takes a dump when the journal needs one. */
export class Checkpoints {
  readonly #options: CheckpointOptions;
  #isTaking = false;
  #notBefore = -Infinity;

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** Follows a call of the operator's lane, after its reply is stored and before a later reply is. */
  follow({ code, body }: EnclaveReply, { action, ofGateway }: Pick<Call, "action" | "ofGateway">): void {
    if (code !== undefined) return;
    if (ofGateway === true && action === dumpBegin.name)
      this.#options.journal.begin(outputOf(dumpBegin, body).id);
    if (ofGateway !== true && action.startsWith("dump_")) this.#notBefore = this.#options.now() + restMs;
    if (ofGateway !== true) void this.consider();
  }

  /** Begins to take a dump if one is due. Resolves when the dump is taken, or has failed. */
  async consider(): Promise<void> {
    const { journal, log, now } = this.#options;
    if (this.#isTaking || !journal.isDue || now() < this.#notBefore) return;
    this.#isTaking = true;
    try {
      log.debug(await this.#take(), "state saved");
    } catch (error) {
      this.#notBefore = now() + restMs;
      const { detail } = error instanceof ProtocolError ? error : { detail: { code: "unknown" } };
      log.debug(detail, "state not saved");
    } finally {
      this.#isTaking = false;
    }
  }

  async #take(): Promise<{ readonly block: number; readonly pages: number }> {
    const { journal } = this.#options;
    const { id, block } = await this.#ask(dumpBegin, {});
    for (let index = 0; ; index++) {
      const { page, last } = await this.#ask(dumpPage, { id, index });
      await journal.putPage(id, index, page);
      if (!last) continue;
      await journal.adopt(id, index + 1);
      return { block: block.number, pages: index + 1 };
    }
  }

  async #ask<T>(row: Asked<T>, input: object): Promise<T> {
    const { code, body } = await this.#options.ask(
      row.name,
      inOnePart(Buffer.from(JSON.stringify({ input, nonce: {} }))),
    );
    if (code !== undefined) throw new GatewayError({ code: "gateway/not-saved", why: code });
    return outputOf(row, body);
  }
}

/** The row of an action without its input. */
interface Asked<T> {
  readonly name: string;
  readonly output: JsonReader<T>;
}

function outputOf<T>({ output }: Asked<T>, body: Uint8Array): T {
  return decodeJson(decodeJson(fromUtf8(body), readEnvelope).payload, output);
}
