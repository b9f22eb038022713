/**
 * State is a map from path to bytes. Writes go to overlays: a command's onto its block's, a block's onto its
 * batch's, a batch's onto the committed map. What is not merged leaves no trace.
 */
import { type ContractId, contractKey } from "../contract-id.ts";
import { pathOf } from "./path.ts";

/**
 * One contract's state, to be read. A key is 1 to 256 bytes as binary text; methods throw `contract/bad-key`
 * for another. The bytes returned are the caller's own.
 */
export interface StateView {
  get(key: string): Uint8Array | undefined;
}

/** One contract's state. */
export interface State extends StateView {
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
}

/** Where an overlay finds the entries that it does not hold. */
export interface Entries {
  get(path: string): Uint8Array | undefined;
}

/** Writes that have not reached the entries below them. `undefined` marks a deletion. */
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

  /** Takes the writes of an overlay that lies above. */
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

/** A contract's view of `entries`. It has no method that writes. */
export function viewOf(entries: Entries, contract: ContractId): StateView {
  return viewBelow(entries, contractKey(contract));
}

/** A contract's part of an overlay. */
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
