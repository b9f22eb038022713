/** Reads the spool of another relay over HTTP. */
import { toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { readAtMost } from "../read-at-most.ts";
import { decodeSpooled, type SpooledBlock } from "./record.ts";

const firstRestMs = 1_000;
/**
 * The pause after another relay's spool failed.
 * @limit ms
 * @source chosen
 * @past later pauses are as long
 */
const longestRestMs = 60_000;
/**
 * How long another relay's spool may take to answer.
 * @limit ms
 * @source chosen
 * @past the block is looked for elsewhere
 */
const timeoutMs = 30_000;

/**
 * The spool of another relay. After a failure, the spool rests: this relay does not ask it for some time. The
 * rest doubles with each consecutive failure, up to a minute.
 */
export class RemoteSpool {
  readonly url: string;
  readonly #maxBytes: number;
  #restMs = firstRestMs;
  #restsUntil = 0;

  /** @param maxBytes the largest record that is read, in bytes */
  constructor(url: string, maxBytes: number) {
    this.url = url.replace(/\/+$/, "");
    this.#maxBytes = maxBytes;
  }

  get rests(): boolean {
    return Date.now() < this.#restsUntil;
  }

  failed(): void {
    this.#restsUntil = Date.now() + this.#restMs;
    this.#restMs = Math.min(longestRestMs, 2 * this.#restMs);
  }

  worked(): void {
    this.#restMs = firstRestMs;
  }

  /**
   * A block of a chain; `undefined` if the other relay does not have the block or does not answer correctly.
   */
  async block(crypto: Crypto, genesisHash: Uint8Array, number: number): Promise<SpooledBlock | undefined> {
    try {
      const url = `${this.url}/${toHex(genesisHash)}/${number}`;
      const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw new TypeError(`HTTP ${response.status}`);
      const block = decodeSpooled(crypto, await this.#body(response));
      if (block.number !== number) throw new TypeError("another block");
      return block;
    } catch (error) {
      if (!isForeign(error)) throw error;
      this.failed();
      return undefined;
    }
  }

  async #body({ body }: Response): Promise<Uint8Array> {
    const bytes = body === null ? Buffer.alloc(0) : await readAtMost(body, this.#maxBytes);
    if (bytes === undefined) throw new TypeError("larger than the relay reads");
    return Uint8Array.from(bytes);
  }
}

/** Whether the other side caused an error. `fetch` throws TypeErrors, and DOMExceptions for timeouts. */
function isForeign(error: unknown): boolean {
  return error instanceof ProtocolError || error instanceof TypeError || error instanceof DOMException;
}
