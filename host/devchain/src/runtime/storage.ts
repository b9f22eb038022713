import { concat } from "@pruntime/core/bytes";
import type { Trie } from "@pruntime/core/trie";
import type { Codec, RuntimeCodecs, Value } from "../codecs.ts";

/** An entry of `Proxy.Proxies`. */
export interface ProxyDefinition {
  readonly delegate: string;
  readonly proxy_type: { readonly type: string; readonly value: undefined };
  readonly delay: number;
}

/** Where in the chain an extrinsic stands. */
export interface Timepoint {
  readonly height: number;
  readonly index: number;
}

/** An entry of `Multisig.Multisigs`: a call that waits for approvals. */
export interface OpenMultisig {
  readonly when: Timepoint;
  readonly deposit: bigint;
  readonly depositor: string;
  /** Accounts in order. */
  readonly approvals: readonly string[];
}

/** A variant without content. */
export interface Unit<T extends string = string> {
  readonly type: T;
  readonly value: undefined;
}

/** An entry of `Registry.Workers`; `decodeWorkerRecord` of core reads the same. */
export interface StoredWorker {
  readonly operator: string;
  readonly kind: Unit;
  readonly measurements: readonly { readonly name: string; readonly value: Uint8Array }[];
  readonly tcb_status: Unit;
  readonly advisories: readonly string[];
  readonly ecdh_public_key: string;
  readonly genesis_hash: string;
  readonly anchor: string;
  readonly registered_at: number;
  readonly registered_ms: bigint;
  readonly evidence_block: number;
  readonly evidence_hash: string;
  readonly policy_hash: string;
}

export interface AccountInfo {
  readonly nonce: number;
  readonly consumers: number;
  readonly providers: number;
  readonly sufficients: number;
  readonly data: {
    readonly free: bigint;
    readonly reserved: bigint;
    readonly frozen: bigint;
    readonly flags: bigint;
  };
}

/** Decoded storage items that the runtime itself reads or writes, and the key of maps. */
interface Items {
  "System.Account": { readonly key: string; readonly value: AccountInfo };
  "System.BlockHash": { readonly key: number; readonly value: string };
  "System.Number": { readonly key: undefined; readonly value: number };
  "System.ParentHash": { readonly key: undefined; readonly value: string };
  "System.Digest": { readonly key: undefined; readonly value: Value };
  "System.Events": { readonly key: undefined; readonly value: readonly Value[] };
  "System.EventCount": { readonly key: undefined; readonly value: number };
  "System.LastRuntimeUpgrade": {
    readonly key: undefined;
    readonly value: { readonly spec_version: number; readonly spec_name: string };
  };
  "Timestamp.Now": { readonly key: undefined; readonly value: bigint };
  "Grandpa.Authorities": { readonly key: undefined; readonly value: readonly Value[] };
  "Grandpa.PendingChange": {
    readonly key: undefined;
    readonly value: {
      readonly scheduled_at: number;
      readonly delay: number;
      readonly next_authorities: readonly Value[];
      readonly forced: number | undefined;
    };
  };
  "Grandpa.CurrentSetId": { readonly key: undefined; readonly value: bigint };
  "Balances.TotalIssuance": { readonly key: undefined; readonly value: bigint };
  "Paras.Heads": { readonly key: number; readonly value: Uint8Array };
  "ParachainInfo.ParachainId": { readonly key: undefined; readonly value: number };
  "Proxy.Proxies": { readonly key: string; readonly value: readonly [readonly ProxyDefinition[], bigint] };
  "Multisig.Multisigs": {
    readonly key: readonly [multisig: string, callHash: string];
    readonly value: OpenMultisig;
  };
  "Registry.Mode": { readonly key: undefined; readonly value: Unit<"Production" | "Development"> };
  "Registry.Admin": { readonly key: undefined; readonly value: string };
  "Registry.Policy": { readonly key: undefined; readonly value: Uint8Array };
  "Registry.Workers": { readonly key: string; readonly value: StoredWorker };
  "Registry.Evidence": { readonly key: string; readonly value: Uint8Array };
  "Registry.LastEvidenceBlock": { readonly key: string; readonly value: number };
  "Execution.CommandNumber": { readonly key: undefined; readonly value: number };
}

/** `Pallet.Item`. */
export type ItemName = keyof Items;

interface Located {
  readonly codec: Codec;
  readonly fallback: Value;
  readonly rawKey: Uint8Array;
}

/** Changes by key, kept as text of one character a byte. */
type Layer = Map<string, { readonly key: Uint8Array; readonly value: Uint8Array | undefined }>;

/** A state and what a block has changed in it so far. */
export class Storage {
  readonly #codecs: RuntimeCodecs;
  readonly #base: Trie;
  readonly #changes: Layer = new Map();
  /** Changes of the calls being dispatched, the innermost last; dropped when their call fails. */
  readonly #calls: Layer[] = [];

  constructor(codecs: RuntimeCodecs, base: Trie) {
    this.#codecs = codecs;
    this.#base = base;
  }

  get<N extends ItemName>(item: N, key?: Items[N]["key"]): Items[N]["value"] {
    const { codec, fallback, rawKey } = this.#locate(item, key);
    const raw = this.getRaw(rawKey);
    return (raw === undefined ? fallback : codec.dec(raw)) as Items[N]["value"];
  }

  has<N extends ItemName>(item: N, key?: Items[N]["key"]): boolean {
    return this.getRaw(this.#locate(item, key).rawKey) !== undefined;
  }

  put<N extends ItemName>(item: N, value: Items[N]["value"], key?: Items[N]["key"]): void {
    const { codec, rawKey } = this.#locate(item, key);
    this.putRaw(rawKey, codec.enc(value));
  }

  delete<N extends ItemName>(item: N, key?: Items[N]["key"]): void {
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

  /** Runs a call whose changes count only if it returns. */
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

  /** The state with all changes. */
  commit(): Trie {
    return this.#base.apply([...this.#changes.values()].map(({ key, value }) => [key, value] as const));
  }

  #locate<N extends ItemName>(item: N, key: Items[N]["key"] | undefined): Located {
    const [pallet, name] = item.split(".") as [string, string];
    const { prefix, hashKey, value: codec, fallback } = this.#codecs.storage(pallet, name);
    return { codec, fallback, rawKey: key === undefined ? prefix : concat(prefix, hashKey(key)) };
  }
}

function nameOf(key: Uint8Array): string {
  return String.fromCharCode(...key);
}
