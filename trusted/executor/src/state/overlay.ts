/**
 * State is a map from path to bytes. Writes go to overlays. The overlay of a command is merged into the
 * overlay of the command's block. The overlay of a block is merged into the overlay of the block's batch, and
 * the overlay of a batch is merged into the committed map. An overlay that is not merged has no effect.
 */
import { forEach, type Work } from "@pruntime/core/work";
import { type ContractId, contractKey } from "../contract-id.ts";
import { memoryOf } from "./memory.ts";
import { pathOf } from "./path.ts";

/**
 * Read access to one contract's state. A key is 1 to 256 bytes as binary text (binary.ts). The methods throw
 * `contract/bad-key` for a key of another length, and for a key that is not binary text. The caller owns the
 * returned bytes.
 */
export interface StateView {
  get(key: string): Uint8Array | undefined;
}

/** Read and write access to one contract's state. */
export interface State extends StateView {
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
}

/** The layer below an overlay. Reads of paths that the overlay has not changed go to this layer. */
export interface Entries {
  get(path: string): Uint8Array | undefined;
}

/**
 * The entries of a state that are copied in one unit of work.
 * @limit entries
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
export const entriesPerUnit = 1_024;

/** Writes that have not been merged into the layer below. The value `undefined` marks a deletion. */
export class Overlay implements Entries {
  readonly #below: Entries;
  readonly #changes = new Map<string, Uint8Array | undefined>();
  #bytes = 0;

  constructor(below: Entries) {
    this.#below = below;
  }

  get(path: string): Uint8Array | undefined {
    return this.#changes.has(path) ? this.#changes.get(path) : this.#below.get(path);
  }

  put(path: string, value: Uint8Array | undefined): void {
    if (this.#changes.has(path)) this.#bytes -= memoryOf(path, this.#changes.get(path));
    this.#bytes += memoryOf(path, value);
    this.#changes.set(path, value);
  }

  /** The memory that the writes of this overlay need, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Merges the writes of `above` into this overlay. These replace earlier writes to the same paths. */
  absorb(above: Overlay): void {
    for (const [path, value] of above.#changes) this.put(path, value);
  }

  /** Merges the writes of `above` into this overlay, as {@link absorb} does, in units. */
  absorbing(above: Overlay): Work<void> {
    return forEach(above.#changes, entriesPerUnit, ([path, value]) => this.put(path, value));
  }

  /** The last write to each changed path. The value `undefined` marks a deletion. */
  changes(): Iterable<readonly [path: string, value: Uint8Array | undefined]> {
    return this.#changes;
  }

  clear(): void {
    this.#changes.clear();
    this.#bytes = 0;
  }
}

/** Returns read access to the entries of one contract. */
export function viewOf(entries: Entries, contract: ContractId): StateView {
  return new ContractView(entries, contractKey(contract));
}

/** Returns read and write access to the entries of one contract. Writes go to the overlay. */
export function stateOf(overlay: Overlay, contract: ContractId): State {
  return new ContractState(overlay, contractKey(contract));
}

// These are classes because an object with closures costs more, and every command needs several of them. The
// fields are private, so a contract cannot reach the entries of other contracts.

class ContractView implements StateView {
  readonly #entries: Entries;
  readonly #prefix: string;

  constructor(entries: Entries, prefix: string) {
    this.#entries = entries;
    this.#prefix = prefix;
  }

  get(key: string): Uint8Array | undefined {
    return this.#entries.get(pathOf(this.#prefix, key))?.slice();
  }
}

class ContractState extends ContractView implements State {
  readonly #overlay: Overlay;
  readonly #prefix: string;

  constructor(overlay: Overlay, prefix: string) {
    super(overlay, prefix);
    this.#overlay = overlay;
    this.#prefix = prefix;
  }

  set(key: string, value: Uint8Array): void {
    this.#overlay.put(pathOf(this.#prefix, key), value.slice());
  }

  delete(key: string): void {
    this.#overlay.put(pathOf(this.#prefix, key), undefined);
  }
}
