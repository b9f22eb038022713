/** Finds the block after which a session continues to send headers ahead of their proof. */
import type { BlockName } from "@pruntime/api";
import { toHex } from "@pruntime/core/bytes";
import type { SubstrateNode } from "../node/node.ts";

/** Remembers the last header that the session has sent ahead of its proof. */
export class StagedTip {
  #tip: BlockName | undefined;
  #askedWorker = false;

  /**
   * The block whose child is sent next: the last block that was sent ahead, or else the worker's finalized
   * block. A new session continues after the worker's last staged header, if this node's chain contains it.
   * @param staged the worker's last staged header
   * @param target the node's finalized head
   */
  async last(
    node: SubstrateNode,
    finalized: BlockName,
    staged: BlockName | undefined,
    target: number,
  ): Promise<BlockName> {
    if (!this.#askedWorker && staged !== undefined && staged.number < target)
      if (toHex(await node.hashAt(staged.number)) === staged.hash) this.#tip = staged;
    this.#askedWorker = true;
    if (this.#tip !== undefined && this.#tip.number <= finalized.number) this.#tip = undefined;
    return this.#tip ?? finalized;
  }

  sent(tip: BlockName): void {
    this.#tip = tip;
  }

  /**
   * Makes the session continue after the worker's finalized block, because the worker no longer has the
   * headers that were sent ahead. Either the worker restarted, or another relay replaced those headers.
   * Returns false if no header was sent ahead.
   */
  reset(): boolean {
    const had = this.#tip !== undefined;
    this.#tip = undefined;
    return had;
  }
}
