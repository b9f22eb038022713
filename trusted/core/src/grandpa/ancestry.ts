import { equal } from "../bytes/index.ts";
import { FinalityError } from "./error.ts";
import { bytesKey } from "./voters.ts";

/** The link that an ancestry header proves: a block and its parent. */
export interface AncestryLink {
  readonly hash: Uint8Array;
  readonly parentHash: Uint8Array;
}

/**
 * The tree of blocks from a base up to the blocks that the votes are for. Each link is walked only once,
 * however many votes are above it. As in the node's `AncestryChain`, a header that is given twice counts as
 * one header.
 */
export class Ancestry {
  readonly #base: Uint8Array;
  readonly #target: Uint8Array;
  readonly #links = new Map<string, Node>();

  /**
   * @param base the block where every route must end
   * @param target the block that should become final: the base or a descendant of the base
   */
  constructor(links: readonly AncestryLink[], base: Uint8Array, target: Uint8Array) {
    this.#base = base;
    this.#target = target;
    links.forEach((link, index) => {
      this.#links.set(bytesKey(link.hash), { ...link, index, supports: undefined });
    });
  }

  /**
   * Returns whether the block is the target or a descendant of the target. Returns `undefined` when no route
   * leads from the block to the base.
   */
  supports(block: Uint8Array): boolean | undefined {
    const path: Node[] = [];
    let supports: boolean;
    for (let at = block; ; ) {
      if (equal(at, this.#base)) {
        supports = equal(at, this.#target);
        break;
      }
      const node = this.#links.get(bytesKey(at));
      if (node === undefined) return undefined;
      if (node.supports !== undefined) {
        supports = node.supports;
        break;
      }
      path.push(node);
      at = node.parentHash;
    }
    for (const node of path.reverse()) {
      supports ||= equal(node.hash, this.#target);
      node.supports = supports;
    }
    return supports;
  }

  /**
   * Checks that every header lies on a route that was walked.
   * @throws {@link FinalityError} `finality/unused-header`
   */
  assertAllUsed(): void {
    for (const { supports, index } of this.#links.values())
      if (supports === undefined) throw new FinalityError({ code: "finality/unused-header", header: index });
  }
}

interface Node extends AncestryLink {
  readonly index: number;
  /** Whether the block is the target or a descendant of the target; `undefined` until a route reaches it. */
  supports: boolean | undefined;
}
