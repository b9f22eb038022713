/** Presents the chain as a node would: with the node's faults, and with a real node's error messages. */
import { equal, to0x } from "@pruntime/core/bytes";
import type { Trie } from "@pruntime/core/trie";
import type { Block } from "../block.ts";
import type { ChainEvent, Devchain, FinalityProof } from "../types.ts";
import { clientError, RpcError } from "./error.ts";
import { finalityRefused, notFinalized, stateRefused, transactionRefused } from "./refusals.ts";

/**
 * The node's view of the chain, for RPC methods. It applies the node's faults and converts errors to
 * {@link RpcError}s.
 */
export class NodeView {
  readonly chain: Devchain;

  constructor(chain: Devchain) {
    this.chain = chain;
  }

  best(): Block {
    return this.#upToHorizon(this.chain.best());
  }

  finalized(): Block {
    return this.#upToHorizon(this.chain.finalized());
  }

  blockAt(number: number): Block | undefined {
    return this.#shown(this.chain.blockAt(number));
  }

  blockOf(hash: Uint8Array): Block | undefined {
    return this.#shown(this.chain.blockOf(hash));
  }

  sideBlocks(): readonly Block[] {
    return this.chain.sideBlocks().filter((block) => this.#shown(block) !== undefined);
  }

  /** Returns the block with this hash, or the best block if no hash is given. */
  blockOrBest(hash: Uint8Array | undefined): Block | undefined {
    return hash === undefined ? this.best() : this.blockOf(hash);
  }

  /**
   * Returns the block whose state a request reads; the best block if no hash is given.
   * @throws {@link RpcError} `4003` if no block has this hash
   */
  stateBlock(hash: Uint8Array | undefined): Block {
    const block = this.blockOrBest(hash);
    if (block !== undefined) return block;
    throw clientError(
      `UnknownBlock: Header was not found in the database: ${hash === undefined ? "" : to0x(hash)}`,
    );
  }

  /** Returns the blocks after `from` up to `to`, oldest first; empty if `to` does not descend from `from`. */
  path(from: Block, to: Block): readonly Block[] {
    const path: Block[] = [];
    for (
      let block: Block | undefined = to;
      block !== undefined;
      block = this.chain.blockOf(block.header.parentHash)
    ) {
      if (equal(block.hash, from.hash)) return path.reverse();
      if (block.header.number <= from.header.number) break;
      path.push(block);
    }
    return [];
  }

  /** Returns the state after a block. @throws {@link RpcError} `4003` if the state is discarded */
  state(block: Block): Trie {
    return stateRefused(block, () => this.chain.stateOf(block));
  }

  /** Proves keys in the state after a block. @throws {@link RpcError} `4003` if the state is discarded */
  readProof(block: Block, keys: readonly Uint8Array[]): readonly Uint8Array[] {
    const genuine = stateRefused(block, () => this.chain.readProof(block, keys));
    return this.chain.faults.readProof?.(genuine, block) ?? genuine;
  }

  /** Calls a runtime API with SCALE arguments. @throws {@link RpcError} `4003` */
  call(block: Block, method: string, args: Uint8Array): Uint8Array {
    return stateRefused(block, () => this.chain.callRuntime(block, method, args.slice()));
  }

  /**
   * Returns a proof of a block's finality; `undefined` if a fault hides the block that the proof justifies.
   * @throws {@link RpcError} `4`, with the reason in the message
   */
  proveFinality(number: number): FinalityProof | undefined {
    if (number > this.finalized().header.number) throw notFinalized();
    const proof = finalityRefused(() => this.chain.proveFinality(number));
    return proof !== undefined && this.#shown(proof.target) !== undefined ? proof : undefined;
  }

  /**
   * Adds an extrinsic to the pool.
   * @throws {@link RpcError} with the code of the `InvalidTransaction` error, if the chain rejects the
   * extrinsic
   */
  submit(extrinsic: Uint8Array): Uint8Array {
    return transactionRefused(() => this.chain.submit(extrinsic.slice()));
  }

  /** Subscribes to the chain's events, except the events of blocks that a fault hides. */
  subscribe(listener: (event: ChainEvent) => void): () => void {
    return this.chain.subscribe((event) => {
      if (event.kind === "pooled" || this.#shown(event.block) !== undefined) listener(event);
    });
  }

  /** The delay before the node handles a request, in milliseconds. */
  delayMs(method: string): number {
    return isDevMethod(method) ? 0 : (this.chain.faults.delayMs?.(method) ?? 0);
  }

  /** Checks that no fault refuses the request. @throws {@link RpcError} if a fault does */
  admit(method: string): void {
    const refusal = isDevMethod(method) ? undefined : this.chain.faults.refuses?.(method);
    if (refusal !== undefined) throw new RpcError(refusal.code, refusal.message);
  }

  /** Applies the faults that change results, and returns the result to send. */
  result(method: string, genuine: unknown): unknown {
    if (isDevMethod(method)) return genuine;
    const { result } = this.chain.faults;
    return (result === undefined ? genuine : result(method, genuine)) ?? null;
  }

  #horizon(): number {
    return this.chain.faults.staleAt?.() ?? Number.POSITIVE_INFINITY;
  }

  #upToHorizon(block: Block): Block {
    const horizon = this.#horizon();
    return block.header.number <= horizon ? block : (this.chain.blockAt(horizon) ?? this.chain.genesis);
  }

  #shown(block: Block | undefined): Block | undefined {
    if (block === undefined || block.header.number > this.#horizon()) return undefined;
    return this.chain.faults.withholds?.(block.header.number) ? undefined : block;
  }
}

/** Whether this is a `dev_*` method. These methods switch faults, so no fault applies to them. */
function isDevMethod(method: string): boolean {
  return method.startsWith("dev_");
}
