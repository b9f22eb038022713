/** Reads consecutive headers, and finds the end of the authority set. */
import { equal } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import { grandpaDigests } from "@pruntime/core/grandpa";
import { RelayError } from "../error.ts";
import type { NodeHeader, SubstrateNode } from "../node/node.ts";

const chunk = 64;
/**
 * The headers that are kept in memory for later steps.
 * @limit headers
 * @source chosen
 * @past later headers are read from the node again
 */
const mostRemembered = 2_048;

/**
 * Follows one node's finalized chain from the worker's latest finalized block. It keeps headers of this node
 * only, until the session ends.
 */
export class HeaderChain {
  readonly #node: SubstrateNode;
  /** The numbers of the blocks at which announced changes of authorities take effect. */
  readonly #setEnds = new Set<number>();
  /** Headers that still have to be proven or dispatched. */
  readonly #read = new Map<number, NodeHeader>();
  /**
   * The number of the highest header whose digest was read. The digests of all headers from the first
   * look-back up to this header were read.
   */
  #seen = -1;

  constructor(node: SubstrateNode) {
    this.#node = node;
  }

  /**
   * The last block of the authority set that finalizes block `from`; `undefined` if no header that was read
   * announces a change that takes effect at or after `from`.
   */
  setEnd(from: number): number | undefined {
    const ends = [...this.#setEnds].filter((end) => end >= from);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /**
   * Reads the headers `from`…`to`, but stops after the last block of the authority set. Checks that each
   * header is the parent of the next.
   * @param parent the hash that the first header must name as its parent
   * @throws {@link RelayError} `relay/broken-chain`
   */
  async read(from: number, to: number, parent: Uint8Array): Promise<NodeHeader[]> {
    const headers: NodeHeader[] = [];
    let last = parent;
    for (let next = from; next <= Math.min(to, this.setEnd(from) ?? to); next += chunk) {
      const end = Math.min(next + chunk - 1, to, this.setEnd(from) ?? to);
      const read = await this.fetch(next, end);
      last = this.accept(read, next, last);
      headers.push(...read);
    }
    const end = this.setEnd(from) ?? to;
    return headers.filter(({ number }) => number <= end);
  }

  /**
   * Checks and keeps consecutive headers from any source. Returns the hash of the last header.
   * @throws {@link RelayError} `relay/broken-chain`
   */
  accept(headers: readonly NodeHeader[], from: number, parent: Uint8Array): Uint8Array {
    let [next, last] = [from, parent];
    for (const { number, hash, encoded } of headers) {
      const header = decodeHeader(encoded);
      if (number !== next || !equal(header.parentHash, last))
        throw new RelayError({ code: "relay/broken-chain", number: next });
      for (const digest of grandpaDigests(header))
        if (digest.kind === "scheduled-change") this.#setEnds.add(number + digest.delay);
      [next, last] = [number + 1, hash];
    }
    this.#seen = Math.max(this.#seen, next - 1);
    this.#keep(headers);
    return last;
  }

  /**
   * Reads the `count` headers before `from`, to find changes that are announced but not enacted yet. Does
   * nothing if those headers were read before.
   * @throws {@link RelayError}
   */
  async lookBack(from: number, count: number, parent: Uint8Array): Promise<void> {
    if (this.#seen >= from - 1) return;
    const first = Math.max(1, from - count);
    if (first < from) {
      const headers = await this.#node.headersAt(first, from - 1);
      const before = headers[0] && decodeHeader(headers[0].encoded).parentHash;
      const last = this.accept(headers, first, before ?? parent);
      if (!equal(last, parent)) throw new RelayError({ code: "relay/broken-chain", number: from - 1 });
    }
    this.#seen = from - 1;
  }

  /** Makes the next call of {@link lookBack} read headers even if an earlier call has read them. */
  forgetSeen(): void {
    this.#seen = -1;
  }

  /** Drops all headers, and all ends of authority sets, before `number`. */
  forget(number: number): void {
    for (const end of this.#setEnds) if (end < number) this.#setEnds.delete(end);
    for (const read of this.#read.keys()) if (read < number) this.#read.delete(read);
  }

  /** Returns headers `from`…`to`, from memory if possible. */
  async fetch(from: number, to: number): Promise<NodeHeader[]> {
    const known: NodeHeader[] = [];
    for (
      let header = this.#read.get(from);
      header !== undefined && header.number <= to;
      header = this.#read.get(header.number + 1)
    )
      known.push(header);
    const next = from + known.length;
    const read = next > to ? [] : await this.#node.headersAt(next, to);
    this.#keep(read);
    return [...known, ...read];
  }

  #keep(headers: readonly NodeHeader[]): void {
    for (const header of headers) if (this.#read.size < mostRemembered) this.#read.set(header.number, header);
  }
}
