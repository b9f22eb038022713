/**
 * State is a map from path to bytes. Writes go to overlays. A command's overlay is merged into its block's, a
 * block's into its batch's, and a batch's into the committed map. An overlay that is not merged has no
 * effect.
 */
import { type ContractId, contractKey } from "../contract-id.ts";
import { pathOf } from "./path.ts";

/**
 * Read access to one contract's state. A key is 1 to 256 bytes as binary text; the methods throw
 * `contract/bad-key` for any other key. The caller owns the returned bytes.
 */
export interface StateView {
  get(key: string): Uint8Array | undefined;
}

/** Read and write access to one contract's state. */
export interface State extends StateView {
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
}

/** The layer below an overlay, which has the entries that the overlay lacks. */
export interface Entries {
  get(path: string): Uint8Array | undefined;
}

/** Writes that have not been merged into the layer below. `undefined` marks a deletion. */
export class Overlay implements Entries {
  readonly #below: Entries;
  readonly #changes = new Map<string, Uint8Array | undefined>();

  constructor(below: Entries) {
    this.#below = below;
  }

  get(path: string): Uint8Array | undefined {
    return this.#changes.has(path) ? this.#changes.get(path) : this.#below.get(path);
  }

  put(path: string, value: Uint8Array | undefined): void {
    this.#changes.set(path, value);
  }

  /** Takes over the writes of an overlay on top of this one. */
  absorb(above: Overlay): void {
    for (const [path, value] of above.#changes) this.#changes.set(path, value);
  }

  /** The latest write of each path. */
  changes(): Iterable<readonly [path: string, value: Uint8Array | undefined]> {
    return this.#changes;
  }

  clear(): void {
    this.#changes.clear();
  }
}

/** A contract's read-only view of `entries`. */
export function viewOf(entries: Entries, contract: ContractId): StateView {
  return viewBelow(entries, contractKey(contract));
}

/** A contract's view of an overlay, for reading and writing. */
export function stateOf(overlay: Overlay, contract: ContractId): State {
  const prefix = contractKey(contract);
  return {
    ...viewBelow(overlay, prefix),
    set: (key, value) => overlay.put(pathOf(prefix, key), value.slice()),
    delete: (key) => overlay.put(pathOf(prefix, key), undefined),
  };
}

function viewBelow(entries: Entries, prefix: string): StateView {
  return { get: (key) => entries.get(pathOf(prefix, key))?.slice() };
}
