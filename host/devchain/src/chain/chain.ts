import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import type { Trie } from "@pruntime/core/trie";
import { Justifications } from "../consensus/justifications.ts";
import { DevchainError } from "../error.ts";
import type { Faults } from "../faults.ts";
import { callRuntimeApi } from "../runtime/api.ts";
import { BlockBuilder, type BlockInput, type ExecutedBlock } from "../runtime/block.ts";
import type { Runtime, Runtimes } from "../runtime/runtime.ts";
import { Storage } from "../runtime/storage.ts";
import { readTimestamp } from "../runtime/timestamp.ts";
import type { Tip } from "../runtime/validity.ts";
import type { Block, ChainEvent, Devchain, FinalityProof, RuntimeVersion } from "../types.ts";
import { Blocks } from "./blocks.ts";
import { proveFinality } from "./finality.ts";
import type { BlockLog, LoggedBlock } from "./log.ts";
import { Pool } from "./pool.ts";
import { reexecute } from "./reexecute.ts";
import { States } from "./states.ts";

/** How a chain behaves, all decided. */
export interface ChainRules {
  readonly name: string;
  readonly strict: boolean;
  readonly justificationPeriod: number;
  readonly stateWindow: number;
  readonly rotateEvery: number;
  readonly finalityLag: number;
  readonly now: () => number;
  readonly faults: Faults;
}

/** Blocks, states, pool and finality. When blocks are made is the driver's to say. */
export class Chain implements Devchain {
  readonly name: string;
  readonly genesis: Block;
  readonly genesisProof: readonly Uint8Array[];
  readonly faults: Faults;
  readonly #runtimes: Runtimes;
  readonly #rules: ChainRules;
  readonly #blocks = new Blocks();
  readonly #states: States;
  readonly #pool: Pool;
  readonly #justifications: Justifications;
  readonly #listeners = new Set<(event: ChainEvent) => void>();
  readonly #releases: (() => void)[] = [];
  #log: BlockLog | undefined;
  #best: ExecutedBlock;
  #finalized: Block;
  #rotate = false;
  #upgrade = false;
  #closed = false;

  constructor(runtimes: Runtimes, rules: ChainRules, genesis: ExecutedBlock) {
    this.#runtimes = runtimes;
    this.#rules = rules;
    this.name = rules.name;
    this.faults = rules.faults;
    this.genesis = genesis.block;
    this.genesisProof = genesis.state.prove([wellKnownKeys.grandpaAuthorities]);
    this.#pool = new Pool(this.crypto);
    this.#justifications = new Justifications(runtimes.genesis.validators, rules.faults);
    this.#states = new States(rules.stateWindow, genesis.state, (number, parent) => this.#recompute(number, parent));
    this.#blocks.add(genesis.block);
    this.#best = genesis;
    this.#finalized = genesis.block;
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

  /** Remakes the blocks of a log and from then on writes to it. @throws {@link DevchainError} `devchain/bad-log` */
  continue(log: BlockLog, logged: readonly LoggedBlock[]): void {
    for (const { hash, extrinsics, ...input } of logged) {
      const made = reexecute(this.#runtimes, this.#best, input, extrinsics);
      const { number } = made.block.header;
      if (!equal(made.block.hash, hash)) throw new DevchainError({ code: "devchain/bad-log", number });
      this.#import(made);
    }
    this.#log = log;
  }

  /** Has something done when the chain is closed. */
  onClose(release: () => void): void {
    this.#releases.push(release);
  }

  readonly runtimeVersionAt = (block: Block): RuntimeVersion => this.#runtimeAt(block).version;

  readonly metadata = (version: 14 | 15 | 16, at: Block = this.best()): Uint8Array => {
    const bytes = this.#runtimeAt(at).codecs.metadata.get(version);
    if (bytes === undefined) throw new RangeError(`no metadata ${version}`);
    return bytes;
  };

  readonly best = (): Block => this.#best.block;

  readonly finalized = (): Block => this.#finalized;

  readonly blockAt = (number: number): Block | undefined => this.#blocks.at(number);

  readonly blockOf = (hash: Uint8Array): Block | undefined => this.#blocks.of(hash);

  readonly justificationOf = (block: Block): Uint8Array | undefined => {
    const { number } = block.header;
    const due = block.endsSet || (number > 0 && number % this.#rules.justificationPeriod === 0);
    return due && number <= this.#finalized.header.number ? this.#justify(block) : undefined;
  };

  readonly stateOf = (block: Block): Trie => {
    const { number } = block.header;
    if (this.#rules.strict && this.#finalized.header.number - number >= this.#rules.stateWindow)
      throw new DevchainError({ code: "devchain/state-discarded", number });
    return this.#states.at(number);
  };

  readonly readProof = (block: Block, keys: readonly Uint8Array[]): readonly Uint8Array[] => this.stateOf(block).prove(keys);

  readonly callRuntime = (block: Block, method: string, args: Uint8Array): Uint8Array => {
    const runtime = this.#runtimeAt(block);
    const storage = new Storage(runtime.codecs, this.stateOf(block));
    return callRuntimeApi({ runtime, storage, tip: this.#tipAt(block) }, method, args);
  };

  readonly proveFinality = (number: number): FinalityProof | undefined => {
    const { setEnds } = this.#blocks;
    const view = { finalized: this.#finalized, strict: this.#rules.strict, setEnds };
    return proveFinality({ ...view, blockAt: (n) => this.#blocks.existing(n), justify: (block) => this.#justify(block) }, number);
  };

  readonly submit = (encoded: Uint8Array): Uint8Array => {
    this.#assertOpen();
    const hash = this.#pool.add(this.#runtimeAt(this.best()), encoded, this.#bestStorage(), this.#tipAt(this.best()));
    this.#emit({ kind: "pooled", extrinsic: encoded.slice(), hash });
    return hash;
  };

  readonly pending = (): readonly Uint8Array[] => this.#pool.encoded;

  /** Whether the pool has something for the next block. */
  readonly hasReady = (): boolean => this.#pool.hasReady(this.#bestStorage());

  readonly produceBlock = (): Block => {
    this.#assertOpen();
    const input = this.#nextInput();
    const builder = new BlockBuilder(this.#runtimes, this.#best, input);
    this.#pool.fill(builder, this.#tipAt(this.best()));
    const made = builder.finish();
    this.#log?.append({ ...input, hash: made.block.hash, extrinsics: made.block.body.slice(1) });
    this.#rotate = false;
    this.#upgrade = false;
    this.#import(made);
    return made.block;
  };

  readonly rotateAuthorities = (): void => {
    this.#rotate = true;
  };

  readonly upgradeRuntime = (): void => {
    this.#upgrade = true;
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

  #import(made: ExecutedBlock): void {
    const { block, state } = made;
    const { number } = block.header;
    this.#blocks.add(block);
    this.#states.add(number, state);
    this.#best = made;
    this.#emit({ kind: "imported", block });
    while (this.#finalized.header.number < number - this.#rules.finalityLag) this.#finalizeNext();
  }

  #finalizeNext(): void {
    const block = this.#blocks.existing(this.#finalized.header.number + 1);
    this.#finalized = block;
    if (this.#listeners.size > 0) this.#emit({ kind: "finalized", block, justification: this.#justify(block) });
  }

  #nextInput(): BlockInput {
    const { block } = this.#best;
    const parentMs = this.#bestStorage().get("Timestamp.Now");
    const nowMs = BigInt(Math.floor(this.#rules.now()));
    const number = block.header.number + 1;
    const due = this.#rules.rotateEvery > 0 && number % this.#rules.rotateEvery === 0;
    return { timeMs: nowMs > parentMs ? nowMs : parentMs + 1n, endsSet: this.#rotate || due, upgrades: this.#upgrade };
  }

  #recompute(number: number, parent: Trie): Trie {
    const parentBlock = this.#blocks.existing(number - 1);
    const { body, endsSet, specVersion } = this.#blocks.existing(number);
    const [inherent = new Uint8Array(), ...extrinsics] = body;
    const input = { timeMs: readTimestamp(inherent), endsSet, upgrades: specVersion > parentBlock.specVersion };
    return reexecute(this.#runtimes, { block: parentBlock, state: parent }, input, extrinsics).state;
  }

  #justify(block: Block): Uint8Array {
    return this.#justifications.of(block, this.#blocks.roundOf(block));
  }

  #bestStorage(): Storage {
    return new Storage(this.#runtimeAt(this.best()).codecs, this.#best.state);
  }

  /** The runtime in the state after a block. */
  #runtimeAt({ specVersion }: Block): Runtime {
    return this.#runtimes.at(specVersion);
  }

  #tipAt(block: Block): Tip {
    return { number: block.header.number, hash: block.hash, genesisHash: this.genesisHash };
  }

  #emit(event: ChainEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #assertOpen(): void {
    if (this.#closed) throw new DevchainError({ code: "devchain/closed" });
  }
}
