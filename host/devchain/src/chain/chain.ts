import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { grandpaAuthoritiesKey, wellKnownKeys } from "@pruntime/core/storage-key";
import type { Trie } from "@pruntime/core/trie";
import type { Block } from "../block.ts";
import { type AuthorityChange, announcedChange } from "../consensus/changes.ts";
import { Justifications } from "../consensus/justifications.ts";
import { DevchainError, InvalidTransaction } from "../error.ts";
import type { Faults } from "../faults/faults.ts";
import { FaultSwitch } from "../faults/switch.ts";
import { Storage } from "../frame/storage.ts";
import type { ServedVersion } from "../metadata/build.ts";
import type { ParaHead, Role } from "../network.ts";
import { pendingChange } from "../pallets/grandpa.ts";
import { heads } from "../pallets/paras.ts";
import { now, readTimestamp } from "../pallets/timestamp.ts";
import { callRuntimeApi } from "../runtime/api.ts";
import { BlockBuilder, type BlockInput, type ExecutedBlock, type Upgrade } from "../runtime/block.ts";
import type { Runtime, Runtimes } from "../runtime/runtime.ts";
import type { Tip } from "../runtime/validity.ts";
import type { ChainEvent, Devchain, FinalityProof, RuntimeVersion } from "../types.ts";
import { Blocks } from "./blocks.ts";
import { proveFinality } from "./finality.ts";
import type { BlockLog, LoggedBlock, LogRecord } from "./log.ts";
import { Pool } from "./pool.ts";
import { reexecute } from "./reexecute.ts";
import { States } from "./states.ts";

/** The settings of a chain, with all defaults filled in. */
export interface ChainRules {
  readonly name: string;
  readonly strict: boolean;
  readonly justificationPeriod: number;
  readonly stateWindow: number;
  readonly statePruning: number;
  readonly rotateEvery: number;
  readonly finalityLag: number;
  readonly votesAhead: number;
  readonly now: () => number;
  readonly faults: Faults;
}

/** A chain's blocks, states, pool and finality. The driver decides when blocks are made. */
export class Chain implements Devchain {
  readonly name: string;
  readonly genesis: Block;
  readonly genesisProof: readonly Uint8Array[];
  readonly #runtimes: Runtimes;
  readonly #rules: ChainRules;
  readonly #blocks: Blocks;
  readonly #faults: FaultSwitch;
  readonly #states: States;
  readonly #pool: Pool;
  readonly #justifications: Justifications;
  readonly #listeners = new Set<(event: ChainEvent) => void>();
  readonly #releases: (() => void)[] = [];
  #log: BlockLog | undefined;
  #best: ExecutedBlock;
  #finalized: Block;
  #rotate: AuthorityChange | undefined;
  #upgrade: Upgrade | undefined;
  /** The latest head of each parachain. */
  readonly #heads = new Map<number, Uint8Array>();
  #closed = false;

  constructor(runtimes: Runtimes, rules: ChainRules, genesis: ExecutedBlock) {
    this.#runtimes = runtimes;
    this.#rules = rules;
    this.name = rules.name;
    this.#faults = new FaultSwitch(rules.faults);
    this.genesis = genesis.block;
    this.genesisProof = genesis.state.prove([
      grandpaAuthoritiesKey(this.crypto),
      wellKnownKeys.grandpaAuthorities,
    ]);
    this.#pool = new Pool(this.crypto);
    this.#justifications = new Justifications(runtimes.genesis.validators, () => this.faults);
    this.#blocks = new Blocks(genesis.block);
    this.#states = new States(rules.stateWindow, {
      blockAt: this.blockAt,
      execute: (number, parent) => this.#recompute(number, parent),
    });
    this.#states.add(genesis.block, genesis.state);
    this.#best = genesis;
    this.#finalized = genesis.block;
  }

  get role(): Role {
    return this.#runtimes.genesis.role;
  }

  get genesisHash(): Uint8Array {
    return this.genesis.hash;
  }

  get crypto(): Crypto {
    return this.#runtimes.genesis.crypto;
  }

  get runtimeVersion(): RuntimeVersion {
    return this.#runtimeAt(this.best()).version;
  }

  get faults(): Faults {
    return this.#faults.now;
  }

  /**
   * Executes the blocks of a log again, and repeats the log's calls to `finalize`. From then on, appends new
   * blocks and finalizations to that log.
   * @throws {@link DevchainError} `devchain/bad-log`
   */
  continue(log: BlockLog, records: readonly LogRecord[]): void {
    for (const record of records) {
      if (record.kind === "block") this.#remake(log, record.block);
      else this.finalize(this.#logged(log, record.hash));
    }
    this.#log = log;
  }

  /** Registers a function that releases a resource when the chain closes. */
  onClose(release: () => void): void {
    this.#releases.push(release);
  }

  readonly runtimeVersionAt = (block: Block): RuntimeVersion => this.#runtimeAt(block).version;

  readonly setFault = (name: string, fault: Faults | undefined): void => {
    this.#faults.set(name, fault);
    this.#justifications.forget();
  };

  readonly clearFaults = (): void => {
    this.#faults.clear();
    this.#justifications.forget();
  };

  readonly metadata = (version: ServedVersion, at: Block = this.best()): Uint8Array => {
    const bytes = this.#runtimeAt(at).codecs.metadata.get(version);
    if (bytes === undefined) throw new RangeError(`no metadata ${version}`);
    return bytes;
  };

  readonly best = (): Block => this.#best.block;

  readonly finalized = (): Block => this.#finalized;

  readonly blockAt = (number: number): Block | undefined => this.#blocks.at(number);

  readonly sideBlocks = (): readonly Block[] => this.#blocks.side;

  readonly blockOf = (hash: Uint8Array): Block | undefined => this.#blocks.of(hash);

  readonly justificationOf = (block: Block): Uint8Array | undefined => {
    const { number } = block.header;
    if (this.role === "para") return undefined;
    const due = block.endsSet || (number > 0 && number % this.#rules.justificationPeriod === 0);
    return due && this.#blocks.isBest(block) && number <= this.#finalized.header.number
      ? this.#justify(block)
      : undefined;
  };

  readonly stateOf = (block: Block): Trie => {
    const { number } = block.header;
    if (this.#finalized.header.number - number >= this.#rules.statePruning)
      throw new DevchainError({ code: "devchain/state-discarded", number });
    const recent = this.#states.recent(block);
    if (recent === undefined && !this.#blocks.isBest(block))
      throw new DevchainError({ code: "devchain/state-discarded", number });
    return recent ?? this.#states.at(number);
  };

  readonly readProof = (block: Block, keys: readonly Uint8Array[]): readonly Uint8Array[] =>
    this.stateOf(block).prove(keys);

  readonly callRuntime = (block: Block, method: string, args: Uint8Array): Uint8Array => {
    const runtime = this.#runtimeAt(block);
    const storage = new Storage(runtime.codecs, this.stateOf(block));
    return callRuntimeApi({ runtime, storage, tip: this.#tipAt(block) }, method, args);
  };

  readonly proveFinality = (number: number): FinalityProof | undefined => {
    if (this.role === "para") throw new DevchainError({ code: "devchain/not-covered", number });
    const { setEnds } = this.#blocks;
    const view = { finalized: this.#finalized, strict: this.#rules.strict, setEnds };
    return proveFinality(
      { ...view, blockAt: (n) => this.#blocks.existing(n), justify: (block) => this.#justify(block) },
      number,
    );
  };

  readonly submit = (encoded: Uint8Array): Uint8Array => {
    this.#assertOpen();
    return this.#addToPool(encoded);
  };

  readonly pending = (): readonly Uint8Array[] => this.#pool.encoded;

  /** Whether the pool has a transaction with its signer's next nonce. */
  readonly hasReady = (): boolean => this.#pool.hasReady(this.#bestStorage());

  readonly produceBlock = (on: Block = this.best()): Block => {
    this.#assertOpen();
    this.#assertAlive(on);
    const parent = { block: on, state: this.stateOf(on) };
    const input = this.#nextInput(parent);
    const builder = new BlockBuilder(this.#runtimes, parent, input);
    this.#pool.fill(builder, this.#tipAt(on));
    const made = builder.finish();
    const { hash, body } = made.block;
    this.#log?.append({
      kind: "block",
      block: { ...input, hash, parentHash: on.hash, extrinsics: body.slice(1) },
    });
    if (input.change !== undefined) this.#rotate = undefined;
    this.#upgrade = undefined;
    this.#import(made);
    return made.block;
  };

  readonly finalize = (block: Block = this.best()): void => {
    this.#assertOpen();
    const { number } = block.header;
    if (number <= this.#finalized.header.number && this.#blocks.isBest(block)) return;
    this.#assertAlive(block);
    this.#log?.append({ kind: "finalized", hash: block.hash });
    if (!this.#blocks.isBest(block)) this.#setBest(this.#blocks.highestOn(block));
    while (this.#finalized.header.number < number) this.#finalizeNext();
  };

  readonly rotateAuthorities: Devchain["rotateAuthorities"] = ({ delay = 0, forced = false } = {}) => {
    this.#rotate = forced ? { delay, medianLastFinalized: this.#finalized.header.number } : { delay };
  };

  readonly setParaHead = (paraId: number, head: Uint8Array): void => {
    if (this.role !== "relay") throw new TypeError("only a relay chain names heads of parachains");
    this.#heads.set(paraId, head.slice());
  };

  readonly upgradeRuntime: Devchain["upgradeRuntime"] = ({ silent = false } = {}) => {
    this.#upgrade = silent ? "silent" : "announced";
  };

  readonly subscribe = (listener: (event: ChainEvent) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    for (const release of this.#releases) release();
  };

  /**
   * Re-executes a logged block.
   * @throws {@link DevchainError} `devchain/bad-log` if the parent is unknown, or if the result differs from
   * the log
   */
  #remake({ path }: BlockLog, { hash, parentHash, extrinsics, ...input }: LoggedBlock): void {
    const parent = this.#logged({ path }, parentHash);
    const made = reexecute(this.#runtimes, { block: parent, state: this.stateOf(parent) }, input, extrinsics);
    const { number } = made.block.header;
    if (!equal(made.block.hash, hash)) throw new DevchainError({ code: "devchain/bad-log", path, number });
    this.#import(made);
  }

  #logged({ path }: Pick<BlockLog, "path">, hash: Uint8Array): Block {
    const block = this.blockOf(hash);
    if (block !== undefined) return block;
    throw new DevchainError({ code: "devchain/bad-log", path, number: this.best().header.number + 1 });
  }

  #import({ block, state }: ExecutedBlock): void {
    this.#blocks.add(block);
    this.#states.add(block, state);
    this.#emit({ kind: "imported", block });
    if (block.header.number > this.best().header.number) this.#setBest(block);
    else this.#requeue([block]);
    const due = this.best().header.number - this.#rules.finalityLag;
    while (this.#finalized.header.number < due) this.#finalizeNext();
  }

  #setBest(block: Block): void {
    const { enacted, retracted } = this.#blocks.setBest(block);
    if (retracted[0] !== undefined) this.#states.retract(retracted[0].header.number - 1);
    this.#best = { block, state: this.stateOf(block) };
    this.#requeue(retracted);
    this.#emit({ kind: "best", block, enacted, retracted });
  }

  /**
   * Puts the transactions of blocks outside the best branch back in the pool. Drops transactions that are no
   * longer valid.
   */
  #requeue(blocks: readonly Block[]): void {
    for (const { body } of blocks) for (const extrinsic of body.slice(1)) this.#offer(extrinsic);
  }

  #offer(extrinsic: Uint8Array): void {
    try {
      this.#addToPool(extrinsic);
    } catch (error) {
      if (!(error instanceof InvalidTransaction)) throw error;
    }
  }

  #addToPool(encoded: Uint8Array): Uint8Array {
    const best = this.best();
    const hash = this.#pool.add(this.#runtimeAt(best), encoded, this.#bestStorage(), this.#tipAt(best));
    this.#emit({ kind: "pooled", extrinsic: encoded.slice(), hash });
    return hash;
  }

  #finalizeNext(): void {
    const block = this.#blocks.existing(this.#finalized.header.number + 1);
    this.#finalized = block;
    const pruned = this.#blocks.prune(block);
    if (this.#listeners.size > 0)
      this.#emit({ kind: "finalized", block, justification: this.#justify(block), pruned });
  }

  #nextInput({ block, state }: ExecutedBlock): BlockInput {
    const storage = new Storage(this.#runtimeAt(block).codecs, state);
    const nowMs = BigInt(Math.floor(this.#rules.now()));
    const earliestMs = storage.get(now) + 1n;
    const siblings = BigInt(this.#blocks.childrenOf(block.hash)); // gives siblings different times
    const timeMs = (nowMs > earliestMs ? nowMs : earliestMs) + siblings;
    const number = block.header.number + 1;
    const due = this.#rules.rotateEvery > 0 && number % this.#rules.rotateEvery === 0;
    const mayChange = this.role !== "para" && !storage.has(pendingChange);
    const change = mayChange ? (this.#rotate ?? (due ? { delay: 0 } : undefined)) : undefined;
    return { timeMs, change, upgrade: this.#upgrade, heads: this.#newHeads(storage) };
  }

  /** The parachain heads that are not in the state yet. */
  #newHeads(storage: Storage): readonly ParaHead[] {
    return [...this.#heads]
      .map(([paraId, head]) => ({ paraId, head }))
      .filter(({ paraId, head }) => !storage.has(heads, paraId) || !equal(storage.get(heads, paraId), head));
  }

  #recompute(number: number, state: Trie): Trie {
    const [parent, block] = [this.#blocks.existing(number - 1), this.#blocks.existing(number)];
    const [inherent = new Uint8Array(), ...extrinsics] = block.body;
    const announced = block.header.digest.some(({ kind }) => kind === "runtime-environment-updated");
    const upgraded = block.nextSpecVersion > parent.nextSpecVersion;
    const upgrade = upgraded ? (announced ? "announced" : "silent") : undefined;
    const input: BlockInput = {
      timeMs: readTimestamp(inherent),
      change: announcedChange(block.header),
      upgrade,
      heads: block.heads,
    };
    return reexecute(this.#runtimes, { block: parent, state }, input, extrinsics).state;
  }

  #justify(block: Block): Uint8Array {
    if (this.role === "para") return new Uint8Array();
    return this.#justifications.of(block, this.#blocks.roundOf(block), this.#ahead(block));
  }

  /** The later blocks for which some of the votes in this block's justification are cast. */
  #ahead(block: Block): readonly Block[] {
    const ahead: Block[] = [];
    for (let last = block; ahead.length < this.#rules.votesAhead && !last.endsSet; ) {
      const next = this.#blocks.at(last.header.number + 1);
      if (next === undefined) break;
      ahead.push(next);
      last = next;
    }
    return ahead;
  }

  #bestStorage(): Storage {
    return new Storage(this.#runtimeAt(this.best()).codecs, this.#best.state);
  }

  /** The runtime under `:code` in the state after a block. */
  #runtimeAt({ specVersion }: Block): Runtime {
    return this.#runtimes.at(specVersion);
  }

  #tipAt(block: Block): Tip {
    return { number: block.header.number, hash: block.hash, genesisHash: this.genesisHash };
  }

  #emit(event: ChainEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /**
   * Checks that finality has not ruled out the block's branch.
   * @throws {@link DevchainError} `devchain/abandoned-branch`
   */
  #assertAlive(block: Block): void {
    if (!this.#blocks.descends(block, this.#finalized))
      throw new DevchainError({ code: "devchain/abandoned-branch", number: block.header.number });
  }

  #assertOpen(): void {
    if (this.#closed) throw new DevchainError({ code: "devchain/closed" });
  }
}
