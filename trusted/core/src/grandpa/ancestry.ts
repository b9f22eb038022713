import { equal } from "../bytes/index.ts";
import { FinalityError } from "./error.ts";
import { bytesKey } from "./voters.ts";

/** What an ancestry header proves: that one block follows another. */
export interface AncestryLink {
  readonly hash: Uint8Array;
  readonly parentHash: Uint8Array;
}

/**
 * The tree of blocks that votes are for, from a base upwards. Each link is walked once, however many votes lie above it.
 * The same header given twice is one header, as in the node's `AncestryChain`.
 */
export class Ancestry {
  readonly #base: Uint8Array;
  readonly #target: Uint8Array;
  readonly #links = new Map<string, Node>();

  /** @param base where every route must end @param target the block whose descendants support it; the base or above it */
  constructor(links: readonly AncestryLink[], base: Uint8Array, target: Uint8Array) {
    this.#base = base;
    this.#target = target;
    links.forEach((link, index) => {
      this.#links.set(bytesKey(link.hash), { ...link, index, supports: undefined });
    });
  }

  /** Whether the block is the target or follows from it; `undefined` when no route leads from it to the base. */
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

  /** @throws {@link FinalityError} `finality/unused-header` when a header lies on none of the routes walked */
  assertAllUsed(): void {
    for (const { supports, index } of this.#links.values())
      if (supports === undefined) throw new FinalityError({ code: "finality/unused-header", header: index });
  }
}

interface Node extends AncestryLink {
  readonly index: number;
  /** Set once a route has led here. */
  supports: boolean | undefined;
}
