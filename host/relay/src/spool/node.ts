/**
 * A node with a spool. Reads parts of blocks from the spool, and fetches and stores the parts that the spool
 * lacks.
 */
import { decodeHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { openStateProof } from "@pruntime/core/trie";
import { RelayError } from "../error.ts";
import type { NodeConnection } from "../node/connection.ts";
import { type NodeBlock, type NodeFinalityProof, type NodeHeader, SubstrateNode } from "../node/node.ts";
import { keysName, proofOf, type SpooledBlock } from "./record.ts";
import type { Spool } from "./spool.ts";

/**
 * The headers that a spool keeps in memory.
 * @limit headers
 * @source chosen
 * @past the oldest is forgotten. Parts of a block are stored only if the block's header is known
 */
const mostHeaders = 8_192;

/**
 * A node behind a spool. The node itself says which block has which number. Everything else is looked up by
 * the block's hash, so a block of another fork in the spool is never used.
 */
export class SpooledNode extends SubstrateNode {
  readonly spool: Spool;
  readonly #headers = new Map<string, NodeHeader>();

  constructor(connection: NodeConnection, crypto: Crypto, spool: Spool) {
    super(connection, crypto);
    this.spool = spool;
  }

  override async finalizedNumber(): Promise<number> {
    const number = await super.finalizedNumber();
    this.spool.sawHead(number);
    return number;
  }

  override async headerOf(hash: Uint8Array): Promise<NodeHeader> {
    return this.#spooledHeader(hash) ?? this.#remember(await super.headerOf(hash));
  }

  override async blockOf(hash: Uint8Array): Promise<NodeBlock> {
    const header = await this.headerOf(hash);
    return this.#through(header, {
      part: ({ extrinsics, justification }) => extrinsics && { header, extrinsics, justification },
      fetch: () => super.blockOf(hash),
      parts: ({ extrinsics, justification }) => ({ extrinsics, justification, proofs: [] }),
    });
  }

  override async readProof(keys: readonly Uint8Array[], at: Uint8Array): Promise<readonly Uint8Array[]> {
    const header = this.#known(at);
    if (header === undefined) return super.readProof(keys, at);
    const name = keysName(this.crypto, keys);
    return this.#through<readonly Uint8Array[]>(header, {
      part: (block) => proofOf(block, name),
      fetch: () => super.readProof(keys, at),
      parts: (nodes) => ({ proofs: [{ keys: name, nodes }] }),
    });
  }

  /**
   * Values are not stored. If the node has discarded the state, a stored read proof may contain the value.
   */
  override async storage(key: Uint8Array, at: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return await super.storage(key, at);
    } catch (error) {
      const header = this.#known(at);
      if (header === undefined || !isGone(error)) throw error;
      const part = (block: SpooledBlock): ProvenValue | undefined => this.#proven(block, key);
      const found =
        this.spool.read(identityOf(header), part) ?? (await this.spool.rescue(identityOf(header), part));
      if (found === undefined) throw error;
      return found.value;
    }
  }

  override async proveFinality(number: number): Promise<NodeFinalityProof | undefined> {
    const proof = await super.proveFinality(number);
    for (const header of proof?.headers ?? []) this.#remember(header);
    return proof;
  }

  override async firstAvailable(after: number): Promise<number> {
    const own = await this.firstState(after);
    return Math.min(own, this.spool.store.firstProven(after + 1) ?? own);
  }

  async #through<T>(
    header: NodeHeader,
    how: {
      readonly part: (block: SpooledBlock) => T | undefined;
      readonly fetch: () => Promise<T>;
      readonly parts: (fetched: T) => Omit<SpooledBlock, "number" | "hash" | "encodedHeader">;
    },
  ): Promise<T> {
    const identity = identityOf(header);
    const stored = this.spool.read(identity, how.part);
    if (stored !== undefined) return stored;
    try {
      const fetched = await how.fetch();
      this.spool.keep({ ...identity, ...how.parts(fetched) });
      return fetched;
    } catch (error) {
      if (!isGone(error)) throw error;
      const rescued = await this.spool.rescue(identity, how.part);
      if (rescued === undefined) throw error;
      return rescued;
    }
  }

  /** @throws TrieError if a proof does not belong to the block */
  #proven({ encodedHeader, proofs }: SpooledBlock, key: Uint8Array): ProvenValue | undefined {
    const { stateRoot } = decodeHeader(encodedHeader);
    for (const { nodes } of proofs) {
      const state = openStateProof(this.crypto.blake2b256, stateRoot, nodes);
      if (state.covers(key)) return { value: state.read(key) };
    }
    return undefined;
  }

  #known(hash: Uint8Array): NodeHeader | undefined {
    return this.#headers.get(nameOf(hash)) ?? this.#spooledHeader(hash);
  }

  #spooledHeader(hash: Uint8Array): NodeHeader | undefined {
    const number = this.spool.store.numberOf(hash);
    const block = number === undefined ? undefined : this.spool.store.at(number);
    if (block === undefined || nameOf(block.hash) !== nameOf(hash)) return undefined;
    return this.#remember({ number: block.number, hash: block.hash, encoded: block.encodedHeader });
  }

  #remember(header: NodeHeader): NodeHeader {
    const [oldest] = this.#headers.keys();
    if (this.#headers.size >= mostHeaders && oldest !== undefined) this.#headers.delete(oldest);
    this.#headers.set(nameOf(header.hash), header);
    return header;
  }
}

interface ProvenValue {
  readonly value: Uint8Array | undefined;
}

function identityOf({
  number,
  hash,
  encoded,
}: NodeHeader): Pick<SpooledBlock, "number" | "hash" | "encodedHeader"> {
  return { number, hash, encodedHeader: encoded };
}

function nameOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString("latin1");
}

/** Whether the node lacks the requested state or body, for example because the node discarded it. */
function isGone(error: unknown): boolean {
  return (
    error instanceof RelayError && (error.code === "relay/state-discarded" || error.code === "relay/no-block")
  );
}
