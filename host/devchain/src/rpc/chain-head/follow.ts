/**
 * Implements a `chainHead_v1_follow` subscription. The subscription pins blocks, reports events in the order
 * that the specification requires, and runs operations.
 */
import { to0x } from "@pruntime/core/bytes";
import type { Block } from "../../block.ts";
import type { ChainEvent } from "../../types.ts";
import type { Context, Emit, Session, Subscription } from "../method.ts";
import type { NodeView } from "../node-view.ts";
import { runtimeEvent } from "./runtime.ts";

/** The maximum number of pinned blocks of a subscription, as in polkadot-sdk's `chainHead`. */
const maxPinned = 512;
const maxOperations = 16;
/** The maximum number of finalized blocks that `initialized` reports. */
const initialBlocks = 16;

/**
 * Produces an operation's events. {@link Follow} pauses after each event that asks the client to continue.
 */
export type Operation = Iterator<OperationEvent>;

/** An operation's event, without the operation's id. */
export interface OperationEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** An operation that has not ended. */
interface Running {
  readonly operation: Operation;
  /** Whether the operation's last event asked the client to continue. */
  waiting: boolean;
}

/** One client's view of the chain's head, from `initialized` to `stop`. */
export class Follow implements Subscription {
  readonly #node: NodeView;
  readonly #session: Session;
  readonly #emit: Emit;
  readonly #ended: () => void;
  /** Whether the client asked for runtime versions. If not, the subscription must not call the runtime. */
  readonly withRuntime: boolean;
  /** The latest finalized block, and the reported blocks that may still become final, by hash. */
  readonly #told = new Map<string, Block>();
  readonly #pinned = new Map<string, Block>();
  readonly #operations = new Map<string, Running>();
  readonly #stop: () => void;
  #finalized: Block;
  #nextOperation = 0;

  constructor({ node, session }: Context, withRuntime: boolean, emit: Emit, ended: () => void) {
    this.#node = node;
    this.#session = session;
    this.#emit = emit;
    this.#ended = ended;
    this.withRuntime = withRuntime;
    this.#finalized = node.finalized();
    this.#initialize();
    this.#stop = session.listen((event) => this.#hear(event));
  }

  close(): void {
    this.#stop();
    this.#operations.clear();
  }

  /** Returns a pinned block; `undefined` if the block is not pinned. */
  pinned(hash: Uint8Array): Block | undefined {
    return this.#pinned.get(to0x(hash));
  }

  /** Unpins these blocks. If any of them is not pinned, unpins no block and returns `false`. */
  unpin(hashes: readonly Uint8Array[]): boolean {
    const names = hashes.map(to0x);
    if (!names.every((name) => this.#pinned.has(name))) return false;
    for (const name of names) this.#pinned.delete(name);
    return true;
  }

  /**
   * Starts an operation and returns its id, or `undefined` if too many operations are running. The operation
   * runs after the answer to the current message.
   */
  start(operation: Operation): string | undefined {
    if (this.#operations.size >= maxOperations) return undefined;
    const id = String(this.#nextOperation++);
    const running = { operation, waiting: false };
    this.#operations.set(id, running);
    this.#session.afterAnswer(() => this.#run(id, running));
    return id;
  }

  /**
   * Continues an operation after the answer to the current message. Has no effect if no operation has this
   * id. Returns `false` if the operation is not waiting.
   */
  continue(id: string): boolean {
    const running = this.#operations.get(id);
    if (running === undefined) return true;
    if (!running.waiting) return false;
    running.waiting = false;
    this.#session.afterAnswer(() => this.#run(id, running));
    return true;
  }

  stopOperation(id: string): void {
    this.#operations.delete(id);
  }

  /** Runs an operation until it waits or ends, unless the operation has been stopped. */
  #run(operationId: string, running: Running): void {
    if (!this.#operations.has(operationId)) return;
    const { operation } = running;
    for (let next = operation.next(); !next.done; next = operation.next()) {
      this.#emit({ operationId, ...next.value });
      running.waiting = next.value.event === "operationWaitingForContinue";
      if (running.waiting) return;
    }
    this.#operations.delete(operationId);
  }

  #initialize(): void {
    const runtime = this.withRuntime
      ? { finalizedBlockRuntime: runtimeEvent(this.#node.chain.runtimeVersionAt(this.#finalized)) }
      : {};
    const recent = recentBlocks(this.#node, this.#finalized);
    for (const block of recent) this.#pin(block);
    this.#emit({
      event: "initialized",
      finalizedBlockHashes: recent.map(({ hash }) => to0x(hash)),
      ...runtime,
    });
    const best = this.#node.best();
    this.#told.set(to0x(this.#finalized.hash), this.#finalized);
    for (const block of [...this.#node.path(this.#finalized, best), ...this.#node.sideBlocks()])
      for (const untold of this.#untold(block) ?? []) this.#add(untold);
    this.#emit({ event: "bestBlockChanged", bestBlockHash: to0x(best.hash) });
  }

  #hear(event: ChainEvent): void {
    if (event.kind === "imported") this.#import(event.block);
    if (event.kind === "best" && this.#told.has(to0x(event.block.hash)))
      this.#emit({ event: "bestBlockChanged", bestBlockHash: to0x(event.block.hash) });
    if (event.kind === "finalized") this.#finalize(event.block, event.pruned);
  }

  #import(block: Block): void {
    const untold = this.#untold(block);
    if (untold === undefined || this.#pinned.size + untold.length > maxPinned) this.#giveUp();
    else for (const each of untold) this.#add(each);
  }

  /**
   * Returns the unreported blocks from the nearest reported ancestor up to `block`, oldest first; `undefined`
   * if the block has no reported ancestor.
   */
  #untold(block: Block): readonly Block[] | undefined {
    const blocks: Block[] = [];
    for (
      let at: Block | undefined = block;
      at !== undefined;
      at = this.#node.chain.blockOf(at.header.parentHash)
    ) {
      if (this.#told.has(to0x(at.hash))) return blocks.reverse();
      if (at.header.number <= this.#finalized.header.number) break;
      blocks.push(at);
    }
    return undefined;
  }

  #add(block: Block): void {
    this.#pin(block);
    this.#told.set(to0x(block.hash), block);
    const runtime = this.withRuntime ? { newRuntime: this.#newRuntime(block) } : {};
    this.#emit({
      event: "newBlock",
      blockHash: to0x(block.hash),
      parentBlockHash: to0x(block.header.parentHash),
      ...runtime,
    });
  }

  #newRuntime(block: Block): unknown {
    const { chain } = this.#node;
    const parent = chain.blockOf(block.header.parentHash);
    return parent?.specVersion === block.specVersion ? null : runtimeEvent(chain.runtimeVersionAt(block));
  }

  #finalize(block: Block, pruned: readonly Block[]): void {
    const hashes = this.#node.path(this.#finalized, block).map(({ hash }) => to0x(hash));
    if (hashes.length === 0) return; // already reported by `initialized`
    const prunedHashes = pruned.map(({ hash }) => to0x(hash)).filter((name) => this.#told.has(name));
    for (const name of [to0x(this.#finalized.hash), ...hashes.slice(0, -1), ...prunedHashes])
      this.#told.delete(name);
    this.#finalized = block;
    this.#emit({ event: "finalized", finalizedBlockHashes: hashes, prunedBlockHashes: prunedHashes });
  }

  /**
   * Ends the subscription with `stop`, because it would have to pin too many blocks or has missed a block.
   */
  #giveUp(): void {
    this.close();
    this.#emit({ event: "stop" });
    this.#ended();
  }

  #pin(block: Block): void {
    this.#pinned.set(to0x(block.hash), block);
  }
}

/** A block and its nearest ancestors, at most `initialBlocks` blocks in total, oldest first. */
function recentBlocks({ chain }: NodeView, last: Block): readonly Block[] {
  const blocks = [last];
  for (
    let parent = chain.blockOf(last.header.parentHash);
    parent !== undefined && blocks.length < initialBlocks;
  ) {
    blocks.push(parent);
    parent = chain.blockOf(parent.header.parentHash);
  }
  return blocks.reverse();
}
