/** Loads a dump beside a worker's present chain and state, until the dump can replace them. */
import { equal } from "@pruntime/core/bytes";
import { nothingStaged } from "@pruntime/core/light-client";
import type { Work } from "@pruntime/core/work";
import type { Executor, LoadingState } from "@pruntime/executor";
import type { Chain } from "../../chain.ts";
import { type CommandEvents, compileCommandEvents } from "../../dispatch/command-events.ts";
import { blockBelow, type Finality, type Mark, markOf, withSerial } from "../../mark.ts";
import { DumpError } from "../error.ts";
import { assertMayReplace } from "./contains.ts";
import { decodePage } from "./page.ts";
import { PartReader } from "./part.ts";
import { type DumpedChain, type Reading, readChain } from "./read.ts";

/** What replaces a worker's chain and state. */
interface Loaded {
  readonly chain: Chain;
  readonly events: CommandEvents | undefined;
  /** The work that replaces the contracts' state, in its first unit. It cannot fail. */
  readonly apply: Work<void>;
}

/** The worker's present chain and state. */
interface Present {
  readonly chain: Chain;
  readonly executor: Executor;
}

/** A dump that is being loaded. An error ends the load, and releases its memory. */
export class DumpLoader {
  #parts = new PartReader();
  readonly #reading: Reading<DumpedChain>;
  /** The chain, once all its parts are read. All later parts have entries of the contracts' state. */
  #chain: DumpedChain | undefined;
  readonly #state: LoadingState;

  /** Begins to load a dump beside the chain and state of a worker. A load that is in progress ends. */
  constructor({ chain, executor }: Present) {
    this.#state = executor.beginLoad();
    this.#reading = readChain(chain.anchor);
    this.#reading.next();
  }

  /**
   * Takes the next page. Returns whether it is the last.
   * @throws {@link DumpError}; CodecError, BytesError, ExecutorError
   */
  take(current: Chain, page: Uint8Array): Work<boolean> {
    return this.#orEnd(this.#take(current, page));
  }

  /**
   * Checks the whole dump against the worker, after the last page.
   * @throws {@link DumpError}; ExecutorError, MetadataError
   */
  finish(worker: Present): Work<Loaded> {
    return this.#orEnd(this.#finish(worker));
  }

  *#take(current: Chain, page: Uint8Array): Work<boolean> {
    this.#state.assertOpen();
    const { last, content } = decodePage(page);
    for (const part of this.#parts.take(content)) {
      if (this.#chain === undefined) this.#readChain(current, part);
      else yield* this.#state.add(part);
      yield;
    }
    return last;
  }

  #readChain(current: Chain, part: Uint8Array): void {
    const { done, value } = this.#reading.next(part);
    if (done !== true) return;
    assertMayReplace(current, value); // also when the load ends, because the worker's chain goes on meanwhile
    this.#chain = value;
  }

  *#finish({ chain: current, executor }: Present): Work<Loaded> {
    const dumped = this.#chain;
    if (dumped === undefined || this.#parts.left > 0 || this.#state.count !== dumped.entries)
      throw new DumpError({ code: "dump/inconsistent", what: "length" });
    assertMayReplace(current, dumped);
    const { entries: _, metadata, stateRoot, ...read } = dumped;
    if ((metadata === undefined) !== (current.source === "bodies"))
      throw new DumpError({ code: "dump/inconsistent", what: "metadata" });
    const events = metadata && (yield* compileCommandEvents(metadata));
    const replacement = yield* executor.replacing(this.#state);
    if (!equal(replacement.stateRoot, stateRoot))
      throw new DumpError({ code: "dump/inconsistent", what: "state-root" });
    const chain: Chain = {
      ...current,
      ...read,
      staged: nothingStaged(read.client),
      mark: markAfter(current.mark, read),
      unreadable: undefined, // the program that loads the dump may be able to read the runtime
    };
    return { chain, events, apply: replacement.apply };
  }

  *#orEnd<T>(work: Work<T>): Work<T> {
    try {
      return yield* work;
    } catch (error) {
      this.#state.giveUp();
      [this.#parts, this.#chain] = [new PartReader(), undefined];
      throw error;
    }
  }
}

/** The mark after a load. A dump that ends before the mark leaves the mark as it is. */
function markAfter(mark: Mark, dumped: Finality): Mark {
  return blockBelow(mark, dumped) === undefined ? withSerial(markOf(dumped), mark.policySerial) : mark;
}
