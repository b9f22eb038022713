/** Where this session continues: after the last header that it has sent ahead of its proof. */
import type { BlockName } from "@pruntime/api";
import { toHex } from "@pruntime/core/bytes";
import type { SubstrateNode } from "../node/node.ts";

/** Remembers the last header that was sent ahead. */
export class StagedTip {
  #tip: BlockName | undefined;
  #askedWorker = false;

  /**
   * The block whose child is sent next: the last one sent ahead, or else the worker's finalized one. A new
   * session continues after the worker's own staged headers if this node's chain contains them.
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
   * Makes the session start again after the finalized block, because the worker does not have the headers:
   * it has restarted, or another relay replaced them. Returns false if the session does so already.
   */
  reset(): boolean {
    const had = this.#tip !== undefined;
    this.#tip = undefined;
    return had;
  }
}
