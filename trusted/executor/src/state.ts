/**
 * State is a map from path to bytes; a path is `<contract id>/<key>`, so that no contract reaches another's entries. Writes go to overlays:
 * a command's onto its batch's, a batch's onto the committed map. Whatever is not merged never happened.
 */
import { ContractError } from "./error.ts";

/** One contract's state, to be read. Bytes returned are the caller's own. */
export interface StateView {
  get(key: string): Uint8Array | undefined;
}

/** One contract's state. Keys are 1 to 256 printable ASCII characters. */
export interface State extends StateView {
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
}

/** Where an overlay finds what it does not hold itself. */
export interface Entries {
  get(path: string): Uint8Array | undefined;
}

/** Writes that have not reached what lies below them. `undefined` marks a deletion. */
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

  /** Latest write of each path. */
  changes(): Iterable<readonly [string, Uint8Array | undefined]> {
    return this.#changes;
  }

  clear(): void {
    this.#changes.clear();
  }
}

/** A contract's view of `entries`: it has no way to write, at run time either. */
export function viewOf(entries: Entries, contractId: number): StateView {
  return { get: (key) => entries.get(pathOf(contractId, key))?.slice() };
}

/** A contract's part of an overlay. */
export function stateOf(overlay: Overlay, contractId: number): State {
  return {
    ...viewOf(overlay, contractId),
    set: (key, value) => overlay.put(pathOf(contractId, key), value.slice()),
    delete: (key) => overlay.put(pathOf(contractId, key), undefined),
  };
}

const maxKeyLength = 256;

/** @throws {@link ContractError} `contract/bad-key` */
export function pathOf(contractId: number, key: string): string {
  if (key.length > maxKeyLength || !/^[ -~]+$/.test(key))
    throw new ContractError({ code: "contract/bad-key", length: key.length });
  return `${contractId}/${key}`;
}
