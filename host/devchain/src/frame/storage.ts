/** The state on which a block is executed, and the block's changes to it. */
import { concat } from "@pruntime/core/bytes";
import type { Trie } from "@pruntime/core/trie";
import type { Codec, RuntimeCodecs, Value } from "./codec.ts";
import type { StorageItem } from "./storage-item.ts";

interface Located {
  readonly codec: Codec;
  readonly fallback: Value;
  readonly rawKey: Uint8Array;
}

/** Changes by key. The map's keys are strings with one character for each byte. */
type Layer = Map<string, { readonly key: Uint8Array; readonly value: Uint8Array | undefined }>;

/** A state and the block's changes so far. */
export class Storage {
  readonly #codecs: Pick<RuntimeCodecs, "storage">;
  readonly #base: Trie;
  readonly #changes: Layer = new Map();
  /** The changes of each running call, the innermost call last. If a call fails, its changes are dropped. */
  readonly #calls: Layer[] = [];

  constructor(codecs: Pick<RuntimeCodecs, "storage">, base: Trie) {
    this.#codecs = codecs;
    this.#base = base;
  }

  /** Returns the item's value, or its fallback if the key is absent. */
  get<V, K extends readonly Value[]>(item: StorageItem<V, K>, ...key: K): V {
    const { codec, fallback, rawKey } = this.#locate(item, key);
    const raw = this.getRaw(rawKey);
    return (raw === undefined ? fallback : codec.dec(raw)) as V;
  }

  has<V, K extends readonly Value[]>(item: StorageItem<V, K>, ...key: K): boolean {
    return this.getRaw(this.#locate(item, key).rawKey) !== undefined;
  }

  put<V, K extends readonly Value[]>(item: StorageItem<V, K>, value: V, ...key: K): void {
    const { codec, rawKey } = this.#locate(item, key);
    this.putRaw(rawKey, codec.enc(value));
  }

  delete<V, K extends readonly Value[]>(item: StorageItem<V, K>, ...key: K): void {
    this.putRaw(this.#locate(item, key).rawKey, undefined);
  }

  getRaw(key: Uint8Array): Uint8Array | undefined {
    const name = nameOf(key);
    const changed = this.#calls.findLast((layer) => layer.has(name))?.get(name) ?? this.#changes.get(name);
    return changed === undefined ? this.#base.get(key) : changed.value;
  }

  putRaw(key: Uint8Array, value: Uint8Array | undefined): void {
    (this.#calls.at(-1) ?? this.#changes).set(nameOf(key), { key, value });
  }

  /** Runs a call. Keeps its changes only if the call does not throw. */
  transactional(run: () => void): void {
    const layer: Layer = new Map();
    this.#calls.push(layer);
    try {
      run();
    } finally {
      this.#calls.pop();
    }
    const below = this.#calls.at(-1) ?? this.#changes;
    for (const [name, change] of layer) below.set(name, change);
  }

  /** Returns the state with all changes. */
  commit(): Trie {
    return this.#base.apply([...this.#changes.values()].map(({ key, value }) => [key, value] as const));
  }

  #locate({ pallet, name }: StorageItem, key: readonly Value[]): Located {
    const { prefix, hashKey, value: codec, fallback } = this.#codecs.storage(pallet, name);
    return { codec, fallback, rawKey: key.length === 0 ? prefix : concat(prefix, hashKey(key)) };
  }
}

function nameOf(key: Uint8Array): string {
  return String.fromCharCode(...key);
}
