/** Executes blocks: the state transition from a parent's state and a block's inputs to its header, body and state. */
import { to0x } from "@pruntime/core/bytes";
import { type DigestItem, encodeHeader, type Header, headerHash } from "@pruntime/core/chain";
import { extrinsicsRoot } from "@pruntime/core/extrinsics";
import { encodeVersionedAuthorityList, grandpaDigestItem } from "@pruntime/core/grandpa";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import type { Trie } from "@pruntime/core/trie";
import type { Value } from "../codecs.ts";
import { sealHeader, slotDigest } from "../consensus/aura.ts";
import type { AuthorityChange } from "../consensus/changes.ts";
import { blockHashCount } from "../metadata/pallets.ts";
import type { ParaHead } from "../network.ts";
import type { Block } from "../types.ts";
import { type Context, rolledBack } from "./context.ts";
import { dispatch } from "./dispatch.ts";
import { Events } from "./events.ts";
import type { SignedExtrinsic } from "./extrinsic.ts";
import type { Runtime, Runtimes } from "./runtime.ts";
import { Storage } from "./storage.ts";
import { timestampInherent } from "./timestamp.ts";
import type { RuntimeCall } from "./validity.ts";

/** `silent`: without a digest, as on solo chains before 2021 and on parachains until 2023. */
export type Upgrade = "announced" | "silent";

/** All that a block depends on beside its parent. */
export interface BlockInput {
  /** Unix milliseconds, later than the parent's. */
  readonly timeMs: bigint;
  /** The change of the authority set that this block announces; none while another is pending. */
  readonly change: AuthorityChange | undefined;
  /** Whether the next version of the runtime takes over after this block, and whether the header tells of it. */
  readonly upgrade: Upgrade | undefined;
  /** Heads of parachains that this block writes. Only a relay chain has any. */
  readonly heads: readonly ParaHead[];
}

/** A block and the state after it. */
export interface ExecutedBlock {
  readonly block: Block;
  readonly state: Trie;
}

/** An extrinsic ready to be dispatched: signature, era and nonce are right. */
export interface ReadyExtrinsic {
  readonly extrinsic: SignedExtrinsic;
  readonly call: RuntimeCall;
}

const dispatchInfo: Value = {
  weight: { ref_time: 1_000_000n, proof_size: 0n },
  class: { type: "Normal", value: undefined },
  pays_fee: { type: "No", value: undefined },
};
const inherentInfo: Value = {
  weight: { ref_time: 1_000_000n, proof_size: 0n },
  class: { type: "Mandatory", value: undefined },
  pays_fee: { type: "No", value: undefined },
};

/** A block being made. */
export class BlockBuilder {
  readonly storage: Storage;
  readonly #runtime: Runtime;
  readonly #nextRuntime: Runtime | undefined;
  readonly #parent: Block;
  readonly #input: BlockInput;
  readonly #events = new Events();
  readonly #body: Uint8Array[] = [];
  readonly #logs: DigestItem[];
  readonly #setId: bigint;
  #signedBytes = 0;

  constructor(runtimes: Runtimes, parent: ExecutedBlock, input: BlockInput) {
    const runtime = runtimes.at(parent.block.specVersion);
    this.#nextRuntime =
      input.upgrade !== undefined ? runtimes.at(runtime.version.specVersion + 1) : undefined;
    this.storage = new Storage(runtime.codecs, parent.state);
    this.#runtime = runtime;
    this.#parent = parent.block;
    this.#input = input;
    this.#setId = parent.block.setId + (parent.block.endsSet ? 1n : 0n);
    this.#logs = [slotDigest(input.timeMs)];
    this.#initialize();
  }

  /** Of the runtime that executes it. */
  get specVersion(): number {
    return this.#runtime.version.specVersion;
  }

  /** Bytes of signed extrinsics so far. */
  get signedBytes(): number {
    return this.#signedBytes;
  }

  /** Applies a signed extrinsic; whatever its call does, it is in the block and its nonce used. */
  apply({ extrinsic, call }: ReadyExtrinsic): void {
    const timepoint = { height: this.#number, index: this.#body.length };
    this.#events.enter({ type: "ApplyExtrinsic", value: timepoint.index });
    this.#body.push(extrinsic.encoded);
    this.#signedBytes += extrinsic.encoded.length;
    const signer = to0x(extrinsic.signer);
    const account = this.storage.get("System.Account", signer);
    this.storage.put("System.Account", { ...account, nonce: account.nonce + 1 }, signer);
    const [storage, events, { deposit }] = [this.storage, this.#events, this.#events];
    const context: Context = {
      runtime: this.#runtime,
      storage,
      events,
      timepoint,
      deposit,
      dispatch: (who, inner) => dispatch(context, who, inner),
    };
    const failure = rolledBack(context, () => dispatch(context, signer, call));
    if (failure === undefined) deposit("System", "ExtrinsicSuccess", { dispatch_info: dispatchInfo });
    else deposit("System", "ExtrinsicFailed", { dispatch_error: failure.error, dispatch_info: dispatchInfo });
  }

  /** Ends the block. */
  finish(): ExecutedBlock {
    const { crypto, validators } = this.#runtime;
    this.#events.enter({ type: "Finalization", value: undefined });
    if (this.#input.change !== undefined) this.#announceChange(this.#input.change);
    const endsSet = this.#enactChange();
    this.#finalize();
    const state = this.storage.commit();
    const unsealed: Header = {
      parentHash: this.#parent.hash,
      number: this.#number,
      stateRoot: state.root,
      extrinsicsRoot: extrinsicsRoot(crypto, this.#body),
      digest: this.#logs,
    };
    const header = sealHeader(crypto, validators, this.#setId, unsealed);
    const encodedHeader = encodeHeader(header);
    const hash = headerHash(crypto, encodedHeader);
    const { specVersion } = (this.#nextRuntime ?? this.#runtime).version;
    return {
      block: {
        hash,
        header,
        encodedHeader,
        body: this.#body,
        heads: this.#input.heads,
        setId: this.#setId,
        endsSet,
        specVersion,
      },
      state,
    };
  }

  get #number(): number {
    return this.#parent.header.number + 1;
  }

  #initialize(): void {
    const { number } = this.#parent.header;
    const parentHash = to0x(this.#parent.hash);
    this.storage.put("System.Number", number + 1);
    this.storage.put("System.ParentHash", parentHash);
    this.storage.put("System.BlockHash", parentHash, number);
    const oldest = number - blockHashCount;
    if (oldest > 0) this.storage.delete("System.BlockHash", oldest);
    this.#noteUpgrade();
    this.#upgrade();
    this.#setTimestamp();
    for (const { paraId, head } of this.#input.heads) this.storage.put("Paras.Heads", head, paraId);
  }

  /** In the first block of a new runtime. */
  #noteUpgrade(): void {
    const { specVersion, specName } = this.#runtime.version;
    if (this.storage.get("System.LastRuntimeUpgrade").spec_version === specVersion) return;
    this.storage.put("System.LastRuntimeUpgrade", { spec_version: specVersion, spec_name: specName });
  }

  /** The code changes at once, and the block ends as it began: events included, its state is written by the runtime that made it. */
  #upgrade(): void {
    if (this.#nextRuntime === undefined) return;
    this.storage.putRaw(wellKnownKeys.code, this.#nextRuntime.code);
    if (this.#input.upgrade === "announced") this.#logs.push({ kind: "runtime-environment-updated" });
    this.#events.deposit("System", "CodeUpdated", undefined);
  }

  #setTimestamp(): void {
    const now = this.#input.timeMs;
    this.#events.enter({ type: "ApplyExtrinsic", value: this.#body.length });
    this.#body.push(timestampInherent(now));
    this.storage.put("Timestamp.Now", now);
    this.#events.deposit("System", "ExtrinsicSuccess", { dispatch_info: inherentInfo });
  }

  #announceChange({ delay, medianLastFinalized: forced }: AuthorityChange): void {
    const nextAuthorities = this.#runtime.validators.authorities(this.#setId + 1n);
    const next_authorities = nextAuthorities.map(({ id, weight }) => [to0x(id), weight]);
    this.storage.put("Grandpa.PendingChange", {
      scheduled_at: this.#number,
      delay,
      next_authorities,
      forced,
    });
    this.#logs.push(
      grandpaDigestItem(
        forced === undefined
          ? { kind: "scheduled-change", nextAuthorities, delay }
          : { kind: "forced-change", medianLastFinalized: forced, nextAuthorities, delay },
      ),
    );
  }

  /** Lists and set id change together, in the last block of the old set. */
  #enactChange(): boolean {
    if (this.#runtime.role === "para" || !this.storage.has("Grandpa.PendingChange")) return false;
    const { scheduled_at, delay, next_authorities } = this.storage.get("Grandpa.PendingChange");
    if (scheduled_at + delay !== this.#number) return false;
    const next = this.#setId + 1n;
    const authorities = this.#runtime.validators.authorities(next);
    this.storage.delete("Grandpa.PendingChange");
    this.storage.put("Grandpa.Authorities", next_authorities);
    this.storage.put("Grandpa.CurrentSetId", next);
    this.storage.putRaw(wellKnownKeys.grandpaAuthorities, encodeVersionedAuthorityList(authorities));
    this.#events.deposit("Grandpa", "NewAuthorities", { authority_set: next_authorities });
    return true;
  }

  #finalize(): void {
    this.storage.put("System.Digest", this.#logs.map(logValue));
    this.storage.put("System.Events", this.#events.records);
    this.storage.put("System.EventCount", this.#events.records.length);
  }
}

function logValue(item: DigestItem): Value {
  if (item.kind === "runtime-environment-updated")
    return { type: "RuntimeEnvironmentUpdated", value: undefined };
  if (item.kind !== "pre-runtime" && item.kind !== "consensus")
    throw new TypeError(`the runtime deposits no ${item.kind} digest`);
  const engine = to0x(Uint8Array.from(item.engine, (char) => char.charCodeAt(0)));
  return { type: item.kind === "consensus" ? "Consensus" : "PreRuntime", value: [engine, item.data] };
}
