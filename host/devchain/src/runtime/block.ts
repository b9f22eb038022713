/**
 * Executes blocks. The inputs are the parent block, the parent's state and the data in {@link BlockInput}.
 * The outputs are the block and its state.
 */
import { to0x } from "@pruntime/core/bytes";
import { type DigestItem, encodeHeader, type Header, headerHash } from "@pruntime/core/chain";
import { extrinsicsRoot } from "@pruntime/core/extrinsics";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import type { Trie } from "@pruntime/core/trie";
import type { Block } from "../block.ts";
import { sealHeader, slotDigest } from "../consensus/aura.ts";
import type { AuthorityChange } from "../consensus/changes.ts";
import type { RuntimeCall, Value } from "../frame/codec.ts";
import { type Context, rolledBack } from "../frame/context.ts";
import { Events } from "../frame/events.ts";
import { Storage } from "../frame/storage.ts";
import type { ParaHead } from "../network.ts";
import { announceChange, enactChange } from "../pallets/grandpa.ts";
import { heads } from "../pallets/paras.ts";
import { account, finalizeBlock, initializeBlock, noteRuntime } from "../pallets/system.ts";
import { inherentWeight, now, timestampInherent } from "../pallets/timestamp.ts";
import { BlockMeter, type Size } from "./block-meter.ts";
import type { SignedExtrinsic } from "./extrinsic.ts";
import type { Runtime, Runtimes } from "./runtime.ts";
import { versionConstant } from "./version.ts";

/**
 * How a block upgrades the runtime. If the upgrade is `silent`, the block's header does not announce the
 * upgrade, as on solo chains before 2021 and on parachains until 2023. Runtimes from system version 3 on
 * always announce an upgrade.
 */
export type Upgrade = "announced" | "silent";

/** All inputs of a block except its parent. */
export interface BlockInput {
  /** The block's time in Unix milliseconds, later than its parent's. */
  readonly timeMs: bigint;
  /**
   * The change of the authority set that this block announces; `undefined` if the block announces no change.
   */
  readonly change: AuthorityChange | undefined;
  /**
   * Set if this block upgrades the runtime. The next version then executes the blocks after this block. The
   * value states whether this block's header announces the upgrade. From system version 3 on, the next
   * block's header announces the upgrade instead.
   */
  readonly upgrade: Upgrade | undefined;
  /** The parachain heads that this block writes; empty except on a relay chain. */
  readonly heads: readonly ParaHead[];
}

/** A block and the state after it. */
export interface ExecutedBlock {
  readonly block: Block;
  readonly state: Trie;
}

/** An extrinsic that can be dispatched, because its signature, era and nonce are valid. */
export interface ReadyExtrinsic {
  readonly extrinsic: SignedExtrinsic;
  readonly call: RuntimeCall;
  readonly size: Size;
}

/** A block under construction. */
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
  readonly #meter: BlockMeter;

  constructor(runtimes: Runtimes, parent: ExecutedBlock, input: BlockInput) {
    const runtime = runtimes.at(parent.block.nextSpecVersion);
    this.#nextRuntime =
      input.upgrade !== undefined ? runtimes.at(runtime.version.specVersion + 1) : undefined;
    this.storage = new Storage(runtime.codecs, parent.state);
    this.#runtime = runtime;
    this.#meter = new BlockMeter(runtime.limits);
    this.#parent = parent.block;
    this.#input = input;
    this.#setId = parent.block.setId + (parent.block.endsSet ? 1n : 0n);
    this.#logs = [slotDigest(input.timeMs)];
    this.#initialize();
  }

  /** The version of the runtime that executes the block. */
  get specVersion(): number {
    return this.#runtime.version.specVersion;
  }

  /** Whether the block still has room for a signed extrinsic. */
  fits({ size }: Pick<ReadyExtrinsic, "size">): boolean {
    return this.#meter.fits(size);
  }

  /**
   * Applies a signed extrinsic. Even if the call fails, the block contains the extrinsic, and the signer's
   * nonce increases.
   */
  apply({ extrinsic, call, size }: ReadyExtrinsic): void {
    const timepoint = { height: this.#number, index: this.#body.length };
    this.#events.enter({ type: "ApplyExtrinsic", value: timepoint.index });
    this.#body.push(extrinsic.encoded);
    this.#meter.add(size);
    const signer = to0x(extrinsic.signer);
    const info = this.storage.get(account, signer);
    this.storage.put(account, { ...info, nonce: info.nonce + 1 }, signer);
    const { deposit } = this.#events;
    const dispatch_info = this.#dispatchInfo("Normal", size.weight);
    const context = this.#contextAt(timepoint);
    const failure = rolledBack(context, () => context.dispatch(signer, call));
    if (failure === undefined) deposit("System", "ExtrinsicSuccess", { dispatch_info });
    else deposit("System", "ExtrinsicFailed", { dispatch_error: failure.error, dispatch_info });
  }

  /** Ends the block, seals its header, and returns the block and its state. */
  finish(): ExecutedBlock {
    const { crypto, validators } = this.#runtime;
    this.#events.enter({ type: "Finalization", value: undefined });
    const endsSet = this.#changeAuthorities();
    finalizeBlock(this.storage, this.#logs.map(logValue), this.#events.records);
    const state = this.storage.commit();
    const unsealed: Header = {
      parentHash: this.#parent.hash,
      number: this.#number,
      stateRoot: state.root,
      extrinsicsRoot: extrinsicsRoot(crypto, this.#body, this.#runtime.version.systemVersion),
      digest: this.#logs,
    };
    const header = sealHeader(crypto, validators, this.#setId, unsealed);
    const encodedHeader = encodeHeader(header);
    const hash = headerHash(crypto, encodedHeader);
    return {
      block: {
        hash,
        header,
        encodedHeader,
        body: this.#body,
        heads: this.#input.heads,
        setId: this.#setId,
        endsSet,
        ...this.#versionsAfter(),
      },
      state,
    };
  }

  #versionsAfter(): Pick<Block, "specVersion" | "nextSpecVersion"> {
    const { specVersion: own } = this.#runtime.version;
    const next = this.#nextRuntime?.version.specVersion ?? own;
    return { specVersion: this.#defersUpgrades ? own : next, nextSpecVersion: next };
  }

  /** Whether the runtime keeps new code under `:pending_code` until the next block. */
  get #defersUpgrades(): boolean {
    return this.#runtime.version.systemVersion >= 3;
  }

  /** Announces and enacts authority-set changes. @returns whether this block is the last block of its set */
  #changeAuthorities(): boolean {
    const { validators, role } = this.#runtime;
    if (role === "para") return false;
    const [nextId, { change }] = [this.#setId + 1n, this.#input];
    const next = validators.authorities(nextId);
    if (change !== undefined) this.#logs.push(announceChange(this.storage, this.#number, change, next));
    return enactChange(this.storage, this.#events, this.#number, nextId, next);
  }

  #contextAt(timepoint: Context["timepoint"]): Context {
    const { crypto, codecs, dispatch } = this.#runtime;
    const context: Context = {
      crypto,
      codecs,
      storage: this.storage,
      events: this.#events,
      timepoint,
      deposit: this.#events.deposit,
      dispatch: (who, call) => dispatch(context, who, call),
    };
    return context;
  }

  get #number(): number {
    return this.#parent.header.number + 1;
  }

  #initialize(): void {
    const { header, hash } = this.#parent;
    initializeBlock(this.storage, { number: header.number, hash });
    noteRuntime(this.storage, versionConstant(this.#runtime.version));
    if (this.#parent.specVersion !== this.#parent.nextSpecVersion) this.#applyPendingCode();
    this.#upgrade();
    this.#setTimestamp();
    for (const { paraId, head } of this.#input.heads) this.storage.put(heads, head, paraId);
  }

  /**
   * Stores the next runtime's code at the start of the block. The old runtime still executes the block and
   * encodes the state, including the events.
   */
  #upgrade(): void {
    if (this.#nextRuntime === undefined) return;
    const { code } = this.#nextRuntime;
    if (this.#defersUpgrades) this.storage.putRaw(wellKnownKeys.pendingCode, code);
    else this.#replaceCode(code, this.#input.upgrade === "announced");
  }

  /**
   * Moves the code that the parent stored under `:pending_code` to `:code`. This block already runs the new
   * code.
   */
  #applyPendingCode(): void {
    this.storage.putRaw(wellKnownKeys.pendingCode, undefined);
    this.#replaceCode(this.#runtime.code, true);
  }

  #replaceCode(code: Uint8Array, announce: boolean): void {
    this.storage.putRaw(wellKnownKeys.code, code);
    if (announce) this.#logs.push({ kind: "runtime-environment-updated" });
    this.#events.deposit("System", "CodeUpdated", undefined);
  }

  #setTimestamp(): void {
    const { timeMs } = this.#input;
    this.#events.enter({ type: "ApplyExtrinsic", value: this.#body.length });
    const inherent = timestampInherent(timeMs);
    this.#body.push(inherent);
    this.#meter.addInherent({ bytes: inherent.length, weight: inherentWeight });
    this.storage.put(now, timeMs);
    const dispatch_info = this.#dispatchInfo("Mandatory", inherentWeight);
    this.#events.deposit("System", "ExtrinsicSuccess", { dispatch_info });
  }

  /** The dispatch info for an extrinsic's event: the weight including the base weight, the class, no fee. */
  #dispatchInfo(dispatchClass: "Normal" | "Mandatory", weight: bigint): Value {
    const { normal, mandatory } = this.#runtime.limits.weights.per_class;
    const { base_extrinsic: base } = dispatchClass === "Normal" ? normal : mandatory;
    return {
      weight: { ref_time: weight + base.ref_time, proof_size: base.proof_size },
      class: { type: dispatchClass, value: undefined },
      pays_fee: { type: "No", value: undefined },
    };
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
